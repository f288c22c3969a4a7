#pragma once

#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

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

/// runtime/NAME, locked for as long as it is open. not_found where there is none.
Result<Directory> open_runtime(const Directory& state, const InstanceName& name);

/// bad_data for an upper directory that fuse-overlayfs wrote: it marks whiteouts and opaque
/// directories in its own way, so what it hid would come back.
Result<void> refuse_fuse_overlayfs(const Directory& upper);

} // namespace left4me
