#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A player as a game's command "status" has them.
struct ConnectedPlayer {
    std::uint32_t user_id; ///< by which commands name them; no other player's until the game ends
    std::string name;      ///< of any bytes
    std::string unique_id; ///< "STEAM_1:0:12345", "BOT"; empty where it is none that could be
    std::string connected; ///< "12:34"; empty where it is none that could be

    [[nodiscard]] bool is_bot() const { return unique_id == "BOT"; }
    bool operator==(const ConnectedPlayer&) const = default;
};

/// Those in its answer, no more than so many, each on a line:
///
///     # 2 1 "name" STEAM_1:0:12345 12:34 45 0 active 30000 203.0.113.5:27005
///     # 3 "Ellis" BOT active
///
/// A name may have quotes and all else but an end of line in it, so what is behind it begins
/// behind the last quote. Whoever answers may have been taken over.
std::vector<ConnectedPlayer> connected_players_in(std::string_view answer);

constexpr std::size_t max_connected_players = 64;

} // namespace left4me
