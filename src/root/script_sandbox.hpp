#pragma once

#include "model/build_run.hpp"

namespace left4me {

struct SandboxRequest {
    WorkCopy copy;
    BuildAbi abi;
};

/// Runs the script on standard input ("LENGTH\n", then so many bytes) as a build unit
/// with the work copy at /overlay, its output on standard output as it comes. The
/// stream then stays open: its end, or that of standard output, ends the unit. Where standard
/// input is a socket, a byte with the descriptor of a regular file, open for reading alone,
/// comes before the length: it becomes the script's standard input, and the unit is that of an
/// import. Standard output is closed then and the status written to that socket ("N\n") as soon
/// as the script has ended and nothing writes to the work copy any more, while the rest of its
/// sandbox is taken down. The script's status, 128+N for a signal N. busy while four others run. For
/// root; mounts nothing and follows no path that another user can change: its caller's sandbox may
/// forbid all that.
Result<int> run_in_sandbox(const SandboxRequest& request);

} // namespace left4me
