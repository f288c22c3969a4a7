#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace left4me {

/// What steamcmd waits for at the end of what it has written.
enum class SteamPrompt { password, guard_code };

/// Why steamcmd did not do it, as far as it matters for what comes next.
enum class SteamTrouble {
    transient,      ///< worth another try: the network, or Steam's own state
    no_license,     ///< the account may not have this app
    wrong_password, ///< or no such account
    wrong_code,     ///< the Steam Guard code
    rate_limit,     ///< each further try makes the wait longer
    no_room,        ///< on the disk
    unknown,
};

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
    waits_for_phone, ///< the login is to be confirmed in the mobile app
    installed,       ///< or up to date already
};

using SteamEvent = std::variant<SteamProgress, SteamMilestone, SteamFailure>;

/// One line of steamcmd's output, as it comes; none for what does not matter. The
/// lines are those of steamcmd of 2014 to 2025.
std::optional<SteamEvent> parse_steam_line(std::string_view line);

/// The question that a line without an end is.
std::optional<SteamPrompt> parse_steam_prompt(std::string_view unfinished);

} // namespace left4me
