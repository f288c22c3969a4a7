#pragma once

#include "steam/steam_trouble.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace left4me {

/// What steamcmd waits for at the end of what it has written.
enum class SteamPrompt { password, guard_code };

struct SteamProgress {
    std::string phase; ///< "downloading", "verifying install", …
    std::uint64_t done;
    std::uint64_t total; ///< 0: not known yet
    bool operator==(const SteamProgress&) const = default;
};

struct SteamFailure {
    SteamTrouble trouble;
    std::string line; ///< steamcmd's own words
    bool operator==(const SteamFailure&) const = default;
};

enum class SteamMilestone {
    updating_itself,
    logged_in,
    uses_kept_login, ///< and asks for no password
    waits_for_phone, ///< the login is to be confirmed in the mobile app
    installed,       ///< or up to date already
};

/// When the login that steamcmd keeps ends, which it tells some days before.
struct SteamLoginEnd {
    std::string when; ///< "Mon Jan  5 10:00:00 2026"
    bool operator==(const SteamLoginEnd&) const = default;
};

/// The directory that it writes its own logs into.
struct SteamLogs {
    std::string directory;
    bool operator==(const SteamLogs&) const = default;
};

using SteamEvent = std::variant<SteamProgress, SteamMilestone, SteamFailure, SteamLoginEnd, SteamLogs>;

/// One line of steamcmd's output, as it comes; none for what does not matter. The
/// lines are those of steamcmd of 2014 to 2025.
std::optional<SteamEvent> parse_steam_line(std::string_view line);

/// The question that a line without an end is.
std::optional<SteamPrompt> parse_steam_prompt(std::string_view unfinished);

} // namespace left4me
