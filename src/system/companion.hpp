#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

namespace left4me {

// For a unit with PrivatePIDs=: a process beside the first one of its pid namespace, without which
// systemd 257 would kill that one right after it has asked it to end. It may take the first process
// for somebody else's child ("Supervising process … which is not our child"), and at a stop it waits
// for whatever it could signal besides that (unit_kill_context() in its src/core/unit.c).

/// Starts it, before this process has threads: it does nothing, until a signal that is to end the
/// unit ends it, or the end of this process does. To poll: readable once it has ended.
/// Where this process is not the first one of a pid namespace none is started, and none returned.
Result<FileDescriptor> start_companion();

/// For who ends by such a signal: until the companion has got it, too, or a second has passed. The
/// kernel ends it with this process, and systemd, which signals one after the other, could then
/// find nobody to wait for.
void await_companion(const FileDescriptor& companion);

} // namespace left4me
