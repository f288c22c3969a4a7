#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <csignal>
#include <cstddef>
#include <string>

namespace left4me {

// What the first process of a unit does whose other processes are a stranger's program, of the
// same user.

/// Nothing that was open is for that program, and it is not to look into this process, to trace
/// it or to take what this one has.
Result<void> protect_process();

/// Blocks the signals, and gives a descriptor (non-blocking) to read them from.
Result<FileDescriptor> watch_signals(const sigset_t& signals);

/// A regular file at a path that the unit binds: nothing above it can be changed from inside.
/// Without openat2, which is not to be had under RestrictSUIDSGID=. not_found; bad_data where
/// it is none, or has more than limit bytes.
Result<std::string> read_bound_file(const std::string& path, std::size_t limit);

} // namespace left4me
