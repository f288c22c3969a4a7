#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

namespace left4me {

/// Unmounts merged of an open runtime/NAME, and waits until the file system is really gone:
/// busy, naming who keeps it, where it is not.
Result<void> unmount_merged(const Host& host, const Directory& runtime, const InstanceName& name);

/// busy, naming who keeps it, where a file system that is unmounted here still writes the upper
/// directory of runtime/NAME: a second one on it would be undefined. The kernel logs the
/// question, so it is for when there is a doubt.
Result<void> require_released(const Host& host, const Directory& runtime, const InstanceName& name);

} // namespace left4me
