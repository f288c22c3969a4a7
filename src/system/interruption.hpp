#pragma once

#include "system/error.hpp"

#include <poll.h>
#include <span>

namespace left4me {

/// From here on SIGINT, SIGTERM and SIGHUP do not end the process: system calls
/// that wait return EINTR, and interrupted() is true. So a verb can stop at a
/// place where everything is whole.
void catch_interruptions();

[[nodiscard]] bool interrupted() noexcept;

/// As if none of the signals had come: for who clears away after one.
void forget_interruptions() noexcept;

/// As poll(2), and -1 with EINTR once one of the signals has come: also one that came just
/// before, which a wait that begins after the question would not be ended by. timeout_ms of
/// -1 waits for as long as it takes.
int poll_or_interruption(std::span<pollfd> watched, int timeout_ms);

/// cancelled, once one of the signals has come.
Result<void> check_interruption();

} // namespace left4me
