#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

namespace left4me {

/// Unmounts merged of an open runtime/NAME, and waits until the file system is really gone.
Result<void> unmount_merged(const Host& host, const Directory& runtime, const InstanceName& name);

} // namespace left4me
