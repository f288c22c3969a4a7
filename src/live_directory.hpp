#pragma once

#include "directory.hpp"
#include "error.hpp"
#include "instance_name.hpp"

#include <string>

namespace left4me {

/// What initialize writes beside instances/NAME before the two change names, and
/// what the old one is called after that. No instance can have such a name.
std::string replacement_name(const InstanceName& name);

/// When the new directory has its name, initialize moves live over from the old one.
/// Where it was killed between the two, or power was lost, this does it. Whoever
/// starts a server needs it done: l4d2ctl does it first of all, and at boot, where
/// there is no l4d2ctl, the mount helper. Two may do it at a time.
Result<void> bring_live_back(const Directory& instances, const InstanceName& name);

} // namespace left4me
