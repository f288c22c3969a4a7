#pragma once

#include "steam/steamcmd.hpp"
#include "steam/steamcmd_answers.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

namespace left4me {

/// Runs steamcmd until it has brought the game into next, the order's directory. What is
/// known to pass by itself is tried again four times, each time after a longer wait; what
/// is not is explained. io before anything is fetched for which there is no room.
Result<void> fetch_game(const SteamcmdOrder& order, const Directory& next, const AskSecret& ask,
                        Report& report);

} // namespace left4me
