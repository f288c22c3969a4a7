#pragma once

#include "host/host.hpp"
#include "model/instance_config.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

/// The game's command line, argv[0] included: srcds_run of the directory it is
/// started in, what left4me sets, then the operator's arguments as they are.
std::vector<std::string> game_command(const InstanceConfig& config);

/// The game's whole environment, "NAME=value".
std::vector<std::string> game_environment(const Host& host);

/// Runs the game of one server as the first process of its pid namespace:
/// outlives the signals that its unit's processes are sent, reaps what is
/// orphaned, and gives the status to end with when the game has ended: 0 after a
/// stop (SIGINT, SIGTERM), else the game's own, 128+N for a signal N.
Result<int> launch(const Host& host, const InstanceName& name);

} // namespace left4me
