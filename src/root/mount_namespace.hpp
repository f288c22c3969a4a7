#pragma once

#include "host/host.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

namespace left4me {

/// Leaves whatever mount namespace the caller of a helper lives in (a unit's, with
/// most of the host read-only or hidden) for that of PID 1: what is mounted or
/// written elsewhere is gone with it, or unseen by other units. Paths and the
/// working directory are the host's afterwards; descriptors from before stay those
/// of the old one. For a process with one thread. A unit whose bounding set is without
/// CAP_SYS_ADMIN, as left4me-broker@.service, shows what its helpers need: nothing is done there.
Result<void> enter_mount_namespace_of_init();

/// Enters it, and opens the state directory there.
Result<Directory> open_state_of_init(const Host& host);

} // namespace left4me
