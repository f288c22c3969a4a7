#pragma once

#include "doctor/findings.hpp"
#include "doctor/servers.hpp"
#include "host/host.hpp"
#include "host/systemd.hpp"

namespace left4me {

/// What user left4me may see, and others in part.
Findings look_at_state(const Host& host, Result<Systemd>& systemd, const Servers& servers);

} // namespace left4me
