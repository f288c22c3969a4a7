#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <optional>

namespace left4me {

/// What of runtime/NAME one mount needs.
struct RuntimeDirectories {
    Directory runtime; ///< runtime/NAME, holds the lock
    Directory upper;
    Directory work;
};

/// Makes them as root. Only upper is given to the service user: then nothing else here can
/// be renamed or replaced, and upper itself cannot either. busy where another process holds
/// the lock.
Result<RuntimeDirectories> make_runtime(const Directory& state, const InstanceName& name);

/// What a server has that was mounted once.
struct ServerRuntime {
    Directory state;
    Directory runtime; ///< runtime/NAME, holds the lock
    bool mounted;
};

/// As PID 1's mount namespace has it, which is entered. None where there is no runtime/NAME;
/// busy as above.
Result<std::optional<ServerRuntime>> find_runtime(const Host& host, const InstanceName& name);

/// bad_data for an upper directory that fuse-overlayfs wrote: it marks whiteouts and opaque
/// directories in its own way, so what it hid would come back.
Result<void> refuse_fuse_overlayfs(const Directory& upper);

} // namespace left4me
