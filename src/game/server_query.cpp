#include "game/server_query.hpp"

#include <utility>

namespace left4me {
namespace {

/// Whether it is of the kind that was asked for.
bool answers(Query query, const QueryAnswer& answer)
{
    switch (query) {
    case Query::info:
        return std::holds_alternative<ServerInfo>(answer);
    case Query::players:
        return std::holds_alternative<std::vector<Player>>(answer);
    case Query::rules:
        return std::holds_alternative<std::vector<Rule>>(answer);
    }
    std::unreachable();
}

} // namespace

Result<std::optional<QueryAnswer>> ServerQuery::take(std::string_view datagram)
{
    must_send_ = false;
    return split_.add(datagram).and_then(
        [&](const std::optional<std::string>& message) -> Result<std::optional<QueryAnswer>> {
            if (!message)
                return std::nullopt;
            return take_message(*message);
        });
}

Result<std::optional<QueryAnswer>> ServerQuery::take_message(std::string_view message)
{
    // A restarted server, and one whose map changes, have a new number; more than that is a game.
    constexpr unsigned max_challenges = 4;
    return parse_query_answer(message).and_then(
        [&](QueryAnswer answer) -> Result<std::optional<QueryAnswer>> {
            if (const auto* challenge = std::get_if<Challenge>(&answer)) {
                if (++challenges_ > max_challenges)
                    return fail(ExitStatus::bad_data, "the game asks for one number after the other");
                challenge_ = *challenge;
                must_send_ = true;
                return std::nullopt;
            }
            if (!answers(query_, answer))
                return std::nullopt;
            return answer;
        });
}

} // namespace left4me
