#pragma once

#include "system/error.hpp"

namespace left4me {

/// From here on SIGINT, SIGTERM and SIGHUP do not end the process: system calls
/// that wait return EINTR, and interrupted() is true. So a verb can stop at a
/// place where everything is whole.
void catch_interruptions();

[[nodiscard]] bool interrupted() noexcept;

/// cancelled, once one of the signals has come.
Result<void> check_interruption();

} // namespace left4me
