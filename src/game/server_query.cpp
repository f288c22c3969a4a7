#include "game/server_query.hpp"

#include "game/game_socket.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <array>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

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

/// What has come, or none. A port that nobody has is told by an error of an earlier packet.
std::optional<std::string_view> receive(const FileDescriptor& socket, std::array<char, 65536>& buffer)
{
    const auto size = recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (size < 0)
        return std::nullopt;
    return std::string_view(buffer.data(), static_cast<std::size_t>(size));
}

/// One question while it waits for its answer.
class Conversation {
public:
    Conversation(FileDescriptor socket, Query query) : socket_(std::move(socket)), query_(query) {}

    void ask()
    {
        const auto packet = query_.packet();
        (void)send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL);
        asked_ = Clock::now();
    }

    /// Waits for one datagram, for as long as that at most.
    Result<std::optional<QueryAnswer>> listen(milliseconds patience)
    {
        constexpr milliseconds ask_again(500);
        pollfd watched = {socket_.get(), POLLIN, 0};
        (void)poll(&watched, 1, static_cast<int>(std::min(patience, ask_again).count()));
        if (const auto datagram = receive(socket_, buffer_)) {
            auto answer = query_.take(*datagram);
            if (query_.must_send())
                ask();
            return answer;
        }
        if (Clock::now() - asked_ >= ask_again)
            ask();
        return std::nullopt;
    }

private:
    FileDescriptor socket_;
    ServerQuery query_;
    Clock::time_point asked_;
    std::array<char, 65536> buffer_ = {};
};

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

Result<QueryAnswer> ask_server(GamePort port, Query query, milliseconds patience)
{
    auto socket = connect_to_game(port, SOCK_DGRAM | SOCK_NONBLOCK);
    if (!socket)
        return fail(socket.error().status,
                    formatted("cannot ask port {}: {}", port.number(), socket.error().message));
    Conversation conversation(std::move(*socket), query);
    conversation.ask();
    for (const auto end = Clock::now() + patience; Clock::now() < end;) {
        if (auto go_on = check_interruption(); !go_on)
            return std::unexpected(go_on.error());
        const auto left = std::chrono::ceil<milliseconds>(end - Clock::now());
        auto answer = conversation.listen(left);
        if (!answer)
            return std::unexpected(answer.error());
        if (*answer)
            return std::move(**answer);
    }
    return fail(ExitStatus::unavailable, formatted("nobody answers on port {}", port.number()));
}

} // namespace left4me
