#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

namespace left4me {

/// For a unit with PrivatePIDs=: beside the first process of a pid namespace, one that waits for
/// the end of what is returned, or of this process, and does nothing else: not even when it is to
/// be interrupted. systemd 257 may take the first process for somebody else's child ("Supervising
/// process … which is not our child"), and at a stop it waits for none of those
/// (unit_kill_context() in its src/core/unit.c): a unit without another process is killed right
/// after it was asked to end. No process is started, and no descriptor returned, elsewhere. Before
/// this process has threads.
Result<FileDescriptor> start_companion();

} // namespace left4me
