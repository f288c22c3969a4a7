#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

namespace left4me {

/// Removes runtime/NAME with all that the server wrote. Refuses (busy) while
/// it is mounted or one of the server's units is active.
Result<void> purge_overlay(const Host& host, const InstanceName& name);

} // namespace left4me
