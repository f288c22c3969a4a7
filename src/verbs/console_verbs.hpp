#pragma once

#include "game/game_console.hpp"
#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/game_port.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"
#include "system/secret.hpp"

namespace left4me {

/// How to log in at a server that runs.
struct ConsoleDoor {
    UnitStatus server;
    GamePort port;
    Secret password;
};

/// not_found where there is no such server, not_running where it does not run, not_permitted where
/// it has refused the password since it was started: a second try waits for the next start.
Result<ConsoleDoor> find_console(const Host& host, const InstanceName& name);

/// The console of a server that runs, logged in. Errors as of find_console(), and unavailable where
/// its game takes no commands (yet).
Result<GameConsole> open_console(const Host& host, const InstanceName& name);

/// What is wrong with a login, where the game refused it: written down, for find_console().
Error note_refusal(const Host& host, const InstanceName& name, const UnitStatus& server, Error error);

} // namespace left4me
