#pragma once

#include "host/host.hpp"
#include "system/error.hpp"

namespace left4me {

/// What left4me-watch does, as user left4me, until SIGTERM: asks each running server what it plays,
/// tells of it in /run/left4me/answers, keeps their histories, and has those restarted that hang.
/// unavailable where systemd's bus goes.
Result<void> watch_servers(const Host& host);

} // namespace left4me
