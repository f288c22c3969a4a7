// Answers of a game that has been taken over: whatever datagrams it sends, what is kept is
// bounded, and what is taken for an answer is one to what was asked. The same of the names that
// it lists for its console.
#include "game/cvar_list.hpp"
#include "game/server_query.hpp"
#include "property.hpp"

namespace left4me {
namespace {

std::size_t size_of(const QueryAnswer& answer)
{
    if (const auto* players = std::get_if<std::vector<Player>>(&answer))
        return players->size();
    if (const auto* rules = std::get_if<std::vector<Rule>>(&answer))
        return rules->size();
    return 1;
}

void check(Query query, std::string_view bytes)
{
    ServerQuery asked(query);
    constexpr std::size_t longest = 255;
    while (!bytes.empty()) {
        // The first byte is how long a datagram is.
        const auto size = std::min<std::size_t>(static_cast<unsigned char>(bytes.front()), longest);
        const auto datagram = bytes.substr(1, size);
        bytes.remove_prefix(1 + datagram.size());
        const auto answer = asked.take(datagram);
        if (!answer)
            return require_refusal(answer.error(), ExitStatus::bad_data);
        require(asked.packet() == query_packet(query, {}) || asked.packet().size() >= 9,
                "a question goes with the number it was given");
        if (*answer) {
            require((*answer)->index() == static_cast<std::size_t>(query) + 1,
                    "an answer is one to what was asked");
            require(size_of(**answer) <= SplitAnswer::max_size, "an answer is bounded");
        }
    }
}

void check_names(std::string_view answer)
{
    const CvarList list(answer);
    require(std::ranges::is_sorted(list.names()), "names are sorted");
    for (const auto& name : list.names()) {
        require(!name.empty() && name.size() <= CvarList::max_name_size, "a name is bounded");
        require(answer.contains(name) && escaped(name) == name, "a name is the game's, and plain");
        require(name.find_first_of(" \t;\"/") == std::string::npos, "a name is one word");
    }
}

} // namespace
} // namespace left4me

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using left4me::Query;
    for (const auto query : {Query::info, Query::players, Query::rules})
        left4me::check(query, left4me::text_of(data, size));
    left4me::check_names(left4me::text_of(data, size));
    return 0;
}
