#pragma once

#include "host/host.hpp"
#include "model/build_run.hpp"

namespace left4me {

/// Mounts the run's work copy at /run/left4me-build/RUN/overlay, nosuid and nodev, for
/// its build unit to bind. User left4me owns builds/ and may swap any directory in it
/// for a link at any moment: the work copy is opened once, beneath builds/ and without
/// links, and what was opened is what is mounted. For root, in the mount namespace of
/// PID 1.
Result<void> mount_work_copy(const Host& host, const BuildRun& run);

/// Unmounts it and removes all of the run. Nothing there is no error.
Result<void> end_run(const BuildRun& run);

} // namespace left4me
