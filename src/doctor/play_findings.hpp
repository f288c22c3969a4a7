#pragma once

#include "doctor/findings.hpp"
#include "system/error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

// What a game did while l4d2ctl doctor --play looked at it, judged: pure, facts to findings. All
// texts are the game's own words, of any bytes. An Error in the place of facts is why the game did
// not do it; one of status unavailable, why nobody could see.

/// The first answer to Valve's query.
struct PlayedAnswer {
    std::string version;
    std::string map;
    std::uint16_t app_id = 0;
    bool is_secure = false;
    std::chrono::milliseconds took{}; ///< since it was begun
};
Findings judge_answer(const Result<PlayedAnswer>& answer);

/// What the game wrote until Steam had answered it, or nobody waited any more.
struct SteamFacts {
    std::string log;
    std::optional<std::string> lan; ///< what the console answers to sv_lan; none: nothing
    bool is_secure = false;         ///< by its last answer
};
/// Whether Steam knows the server: Check::steam and Check::secure.
Findings judge_steam(const SteamFacts& facts);

/// Whether the log says how it went with Steam, so that there is nothing more to wait for.
/// "Connection to Steam servers successful.", "VAC secure mode is activated." and their like are
/// written once that is known: mastercomfig/mastercomfig#635, crazy-max/csgo-server-launcher#37.
bool tells_of_steam(std::string_view log);

/// What the console answers to "status".
Findings judge_console(const Result<std::string>& answer);

struct CvarFacts {
    std::size_t understood = 0;       ///< names
    std::optional<std::size_t> total; ///< as its last line counts; none: there is no such line
};
Findings judge_cvars(const Result<CvarFacts>& facts);

struct MapChange {
    std::string to;
    std::chrono::milliseconds took{};
    std::chrono::milliseconds silent{}; ///< the longest time without an answer meanwhile
};
Findings judge_map_change(const Result<MapChange>& change);

/// A plugin platform: what lies in the tree, and what the console answers.
struct PluginFacts {
    bool has_metamod = false;   ///< addons/metamod.vdf
    bool has_sourcemod = false; ///< addons/sourcemod
    std::string meta_version;   ///< to "meta version"
    std::string sm_version;     ///< to "sm version"
    std::string sm_plugins;     ///< to "sm plugins list"
};
Findings judge_plugins(const Result<PluginFacts>& facts);

/// Nobody plays, and the map has been changed once.
struct RestFacts {
    std::uint64_t memory = 0; ///< bytes
    std::size_t threads = 0;
    std::size_t processes = 0; ///< the launcher among them
};
Findings judge_rest(const Result<RestFacts>& facts);

/// How long its stop took.
Findings judge_stop(const Result<std::chrono::milliseconds>& took);

} // namespace left4me
