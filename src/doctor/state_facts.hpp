#pragma once

#include "doctor/findings.hpp"
#include "doctor/servers.hpp"
#include "doctor/state_findings.hpp"
#include "host/host.hpp"
#include "host/mount_holders.hpp"
#include "host/systemd.hpp"

#include <vector>

namespace left4me {

/// What user left4me may see, and others in part. holders are what root alone sees,
/// top what anybody sees of the state directory.
Findings look_at_state(const Host& host, Result<Systemd>& systemd, const Servers& servers,
                       const std::vector<MountHolder>& holders, const ModeFacts& top);

/// Of the state's file system alone; anybody may see it.
Findings look_at_room(const Host& host);

} // namespace left4me
