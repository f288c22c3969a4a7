#pragma once

#include <optional>
#include <string_view>

namespace left4me {

/// Why steamcmd did not do it, as far as it matters for what comes next.
enum class SteamTrouble {
    transient,      ///< worth another try: the network, or Steam's own state
    stuck,          ///< what steamcmd wrote down of the tree may keep it from going on
    withheld,       ///< Steam does not give the files of this platform to this account
    no_license,     ///< the account may not have this app
    wrong_password, ///< or no such account, or a disabled one
    login_lapsed,   ///< the login that steamcmd keeps is not taken any more
    wrong_code,     ///< the Steam Guard code
    rate_limit,     ///< each further try makes the wait longer
    no_room,        ///< on the disk
    not_written,    ///< the disk, or what is on it, whether or not there is room
    not_accessible, ///< a file or directory that steamcmd may not write
    unknown,
};

/// What follows from a reason for which an app was not installed: "Disk write failure". The
/// words are those of Valve's own enumeration (SteamDatabase/SteamTracking,
/// Structs/EAppUpdateError.h); text may have others around them.
SteamTrouble trouble_of_update(std::string_view text);

/// The same of a login that was refused: "Rate Limit Exceeded" (Structs/EResult.h, as
/// steamcmd words it).
SteamTrouble trouble_of_login(std::string_view text);

/// The state of an app after an update that was not finished: flags of Structs/EAppState.h.
struct SteamState {
    SteamTrouble trouble;
    std::string_view meaning; ///< for people; empty for a state that is not known
};

/// "Error! App '222860' state is 0x602 after update job."; none where no state is told.
std::optional<SteamState> parse_steam_state(std::string_view line);

} // namespace left4me
