#pragma once

#include "system/error.hpp"

namespace left4me {

/// A helper started through sudo cannot be signalled by its caller. It ends
/// when the caller lets go: when the other end of the pipe on its standard
/// input or standard output is closed. /dev/null, a file or a terminal there
/// never counts as closed.
enum class Caller { present, gone };

/// Waits until descriptor is ready for events (as poll's), the caller is gone
/// or timeout_ms have passed (-1: no limit). A signal ends the wait early.
Result<Caller> wait_with_caller(int descriptor, short events, int timeout_ms);

} // namespace left4me
