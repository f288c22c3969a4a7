#pragma once

#include "doctor/findings.hpp"
#include "doctor/servers.hpp"
#include "host/host.hpp"
#include "host/mount_holders.hpp"
#include "host/systemd.hpp"

#include <vector>

namespace left4me {

/// What user left4me may see, and others in part. holders are what root alone sees.
Findings look_at_state(const Host& host, Result<Systemd>& systemd, const Servers& servers,
                       const std::vector<MountHolder>& holders);

} // namespace left4me
