#pragma once

#include "doctor/findings.hpp"
#include "doctor/servers.hpp"
#include "host/systemd.hpp"

namespace left4me {

/// The packet rules, the package's units and the sandbox of running servers; as root where
/// this began as root.
Findings look_at_units(Systemd& systemd, const Servers& servers);

} // namespace left4me
