#pragma once

#include "host/systemd.hpp"
#include "model/game_port.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

namespace left4me {

/// Waits until the game of a server that was just started has its port, or for two seconds:
/// what is wrong with its files or its arguments ends a game before. game_failed, with the
/// reason, when it has ended; systemd goes on trying.
Result<void> require_still_there(Systemd& systemd, const InstanceName& name, GamePort port);

} // namespace left4me
