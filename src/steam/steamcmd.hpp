#pragma once

#include "host/host.hpp"
#include "model/steamcmd_run.hpp"
#include "steam/steamcmd_output.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "system/secret.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// Where steamcmd runs: in left4me-steamcmd.service, or, where that has no view of the
/// operator's own one, beside this program.
enum class SteamcmdPlace { unit, here };

/// How steamcmd is to be run.
struct SteamcmdOrder {
    std::string program; ///< absolute path
    SteamcmdRun run;
    SteamcmdPlace place;
};

/// How whoever runs steamcmd is asked and told. An Error from them ends steamcmd.
struct SteamcmdDialogue {
    /// The answer to a prompt; attempt counts from 1 for each kind.
    std::function<Result<Secret>(SteamPrompt, int attempt)> answer;
    std::function<Result<void>(const SteamProgress&)> progress;
    Report& report; ///< of steps and warnings
};

/// What a run of steamcmd came to.
struct SteamcmdEnd {
    std::optional<SteamFailure> failure; ///< none: the app is installed
    std::vector<std::string> last_lines; ///< of what it wrote, the newest last; a few
    std::string logs; ///< the directory of its own logs, as it told it; empty: it did not
};

/// Runs steamcmd on a terminal of its own, without a way to new privileges and with
/// an environment of nothing but its home, and waits for its end. An answer goes to
/// that terminal, whose echo is off, and nowhere else. Ctrl-C, and this program's own
/// end, take all its processes along.
Result<SteamcmdEnd> run_steamcmd(const Host& host, const SteamcmdOrder& order,
                                 const SteamcmdDialogue& dialogue);

/// Where an operator's steamcmd is to run: whether the unit, with all drop-ins, has its path in
/// view.
Result<SteamcmdPlace> place_of_steamcmd(const std::string& program);

/// Removes the login that steamcmd keeps beneath its home, so that it asks for a password.
/// Nothing there is no error.
Result<void> forget_login(const std::string& home);

} // namespace left4me
