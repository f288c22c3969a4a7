#pragma once

#include "doctor/findings.hpp"
#include "host/host.hpp"
#include "host/systemd.hpp"

namespace left4me {

/// The package's units that failed, but for those of servers, and jobs that failed within the last
/// day; these as user left4me.
Findings look_at_jobs(const Host& host, Result<Systemd>& systemd);

} // namespace left4me
