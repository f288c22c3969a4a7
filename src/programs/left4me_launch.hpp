#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

namespace left4me {

Result<InstanceName> parse_launch_request(int argc, const char* const* argv);

/// The game's status; a failure of the launcher itself is launch_failed.
Result<int> run_launch(const InstanceName& name);

} // namespace left4me
