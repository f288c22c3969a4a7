#pragma once

#include "verbs/server_verbs.hpp"

#include <chrono>
#include <optional>

namespace left4me {

/// Writes the live configuration as restart does, and leaves it to left4me-watch to restart the
/// server on it once nobody has played for five minutes, or at that time at the latest. not_running
/// for one that does not run; usage, without a time, for one whose game nobody asks.
Result<void> restart_when_empty(const Host& host, const InstanceName& name,
                                std::optional<std::chrono::sys_seconds> latest, Report& report);

/// Whether one waited.
Result<bool> cancel_waiting_restart(const Host& host, const InstanceName& name);

} // namespace left4me
