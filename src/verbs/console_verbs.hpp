#pragma once

#include "game/game_console.hpp"
#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

namespace left4me {

/// The console of a server that runs, logged in. not_found where there is no such server,
/// not_running where it does not run, unavailable where its game takes no commands (yet).
Result<GameConsole> open_console(const Host& host, const InstanceName& name);

} // namespace left4me
