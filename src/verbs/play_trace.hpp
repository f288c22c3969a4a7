#pragma once

#include "host/host.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"
#include "verbs/play_test.hpp"

#include <chrono>

namespace left4me {

/// Between who follows a game by strace and who reads that.
struct TraceEnds {
    FileDescriptor output; ///< what strace says, to read
    FileDescriptor go;     ///< where "go" lets the game begin, to write
};

/// Starts the server that make_play_server() made, which then waits to be let go (see TracedUnit).
Result<void> begin_traced(const Host& host, Report& report);

/// Lets the game begin once strace follows it, waits until it answers or for patience, and stops
/// it: what it asked the kernel for, and what of that its filter would not allow. That strace
/// could not follow it is a finding. Cancelled by Ctrl-C, when the server may run.
Result<Played> read_trace(const Host& host, TraceEnds ends, std::chrono::seconds patience,
                          Report& report);

} // namespace left4me
