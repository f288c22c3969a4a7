#include "game/connected_players.hpp"

#include "system/plain_text.hpp"

#include <algorithm>

namespace left4me {
namespace {

/// The next word, which goes from the line.
std::string_view take_word(std::string_view& line)
{
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto word = line.substr(0, line.find(' '));
    line.remove_prefix(word.size());
    return word;
}

std::string only(std::string_view word, std::string_view characters)
{
    constexpr std::size_t longest = 64;
    return word.size() <= longest && word.find_first_not_of(characters) == std::string_view::npos
               ? std::string(word)
               : std::string();
}

std::optional<ConnectedPlayer> player_in(std::string_view line)
{
    if (!line.starts_with('#'))
        return std::nullopt;
    line.remove_prefix(1);
    const auto first = line.find('"');
    const auto last = line.rfind('"');
    if (first == std::string_view::npos || first == last)
        return std::nullopt;
    auto before = line.substr(0, first);
    const auto user_id = parse_number<std::uint32_t>(take_word(before));
    if (!user_id)
        return std::nullopt;
    auto behind = line.substr(last + 1);
    auto unique_id = only(take_word(behind), "ABCDEFGHIJKLMNOPQRSTUVWXYZ_[]:0123456789");
    return ConnectedPlayer{.user_id = *user_id,
                           .name = std::string(line.substr(first + 1, last - first - 1)),
                           .unique_id = std::move(unique_id),
                           .connected = only(take_word(behind), "0123456789:")};
}

} // namespace

std::vector<ConnectedPlayer> connected_players_in(std::string_view answer)
{
    std::vector<ConnectedPlayer> players;
    while (!answer.empty() && players.size() < max_connected_players) {
        const auto end = std::min(answer.find('\n'), answer.size());
        if (auto player = player_in(answer.substr(0, end)))
            players.push_back(std::move(*player));
        answer.remove_prefix(std::min(end + 1, answer.size()));
    }
    return players;
}

} // namespace left4me
