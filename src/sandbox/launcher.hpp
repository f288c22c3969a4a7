#pragma once

#include "host/host.hpp"
#include "model/instance_config.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

/// What starts the game in the directory that it lies in. srcds_run is Valve's script
/// around srcds_linux: it expands its words again, so it is used where there is nothing
/// else.
enum class GameProgram { srcds_linux, srcds_run };

struct GameCommand {
    std::vector<std::string> words;   ///< argv[0] included
    std::vector<std::string> dropped; ///< arguments that only srcds_run knows
};

/// The program, what left4me sets, then the operator's arguments as they are, but for
/// those that only srcds_run knows: configurations of 0.1.0 may have them.
GameCommand game_command(const InstanceConfig& config, GameProgram program);

/// The game's whole environment, "NAME=value".
std::vector<std::string> game_environment(const Host& host);

/// Runs the game of one server as the first process of its pid namespace:
/// outlives the signals that its unit's processes are sent, reaps what is
/// orphaned, and gives the status to end with when the game has ended: 0 after a
/// stop (SIGINT, SIGTERM), else the game's own, 128+N for a signal N.
Result<int> launch(const Host& host, const InstanceName& name);

} // namespace left4me
