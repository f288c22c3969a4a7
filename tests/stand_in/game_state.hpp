#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stand_in {

struct Player {
    std::string name;
    std::chrono::steady_clock::time_point joined;
    unsigned user_id; ///< no other one's in this run
};

/// What the console changes and the queries show.
struct GameState {
    static constexpr std::size_t max_players = 8;

    std::string directory = "left4dead2"; ///< -game, relative to the installation
    std::string map = "c1m1_hotel";
    unsigned maps_begun = 1;
    std::vector<Player> players;
    unsigned next_user_id = 2; ///< 1 is the server
    std::vector<std::string> banned; ///< "MINUTES STEAM_ID"
    std::map<std::string, std::string, std::less<>> cvars{
        {"hostname", "Left 4 Dead 2"}, {"hostport", "27015"}, {"ip", "0.0.0.0"},
        {"rcon_password", ""},         {"sv_lan", "0"},       {"sv_tags", ""},
    };

    /// VAC needs Steam.
    [[nodiscard]] bool is_secure() const
    {
        return cvar("sv_lan") == "0" && cvar("stand_in_insecure") != "1";
    }

    /// The value of a cvar, empty when it is not set.
    [[nodiscard]] std::string_view cvar(std::string_view name) const
    {
        const auto found = cvars.find(name);
        return found != cvars.end() ? std::string_view(found->second) : std::string_view();
    }
};

} // namespace stand_in
