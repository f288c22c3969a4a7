#pragma once

#include "host/host.hpp"
#include "system/report.hpp"

#include <string>

namespace left4me {

/// Copies the client libraries of the steamcmd at program, an absolute path, to where
/// servers load them. A step tells where that cannot be done: nothing to stop at, for the
/// game is there without them, and doctor speaks of it, too.
void place_steam_clients(const Host& host, const std::string& program, Report& report);

} // namespace left4me
