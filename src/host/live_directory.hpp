#pragma once

#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <string>

namespace left4me {

/// Where the configuration lies that the server was last started with, beneath the
/// state directory: live/NAME, or instances/NAME/live, where 0.1.0 had it. The latter
/// is used as long as it is there: only 0.1.0 writes it, and whoever starts a server
/// since then removes it.
Result<std::string> find_live(const Directory& state, const InstanceName& name);

} // namespace left4me
