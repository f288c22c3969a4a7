#pragma once

#include "model/steam_account.hpp"
#include "steam/steamcmd_output.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "system/secret.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// What steamcmd is to do: bring the game's dedicated server for Linux into a
/// directory, or what is in there up to date.
struct SteamcmdOrder {
    std::string program;   ///< absolute path
    SteamAccount account;
    std::string directory; ///< absolute path
    std::string home;      ///< absolute path; steamcmd keeps itself and its login there
    bool validate;         ///< check every file that is there already
};

/// How whoever runs steamcmd is asked and told. An Error from them ends steamcmd.
struct SteamcmdDialogue {
    /// The answer to a prompt; attempt counts from 1 for each kind.
    std::function<Result<Secret>(SteamPrompt, int attempt)> answer;
    std::function<Result<void>(const SteamProgress&)> progress;
    Report& report; ///< of steps
};

/// Runs steamcmd on a terminal of its own, without a way to new privileges and with
/// an environment of nothing but its home, and waits for its end. An answer goes to
/// that terminal, whose echo is off, and nowhere else. None: the app is installed;
/// else why it is not. Ctrl-C, and this program's own end, take all its processes along.
Result<std::optional<SteamFailure>> run_steamcmd(const SteamcmdOrder& order,
                                                 const SteamcmdDialogue& dialogue);

/// Where steamcmd put the client library that servers load; none: not to be found.
std::optional<std::string> find_steam_client(const std::string& program, const std::string& home,
                                             std::string_view bits);

} // namespace left4me
