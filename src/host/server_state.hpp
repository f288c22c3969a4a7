#pragma once

#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <vector>

namespace left4me {

/// Neither the server nor its overlay runs, starts or stops.
Result<bool> is_down(Systemd& systemd, const InstanceName& name);

/// busy, naming the unit, unless the server and its overlay are down.
Result<void> require_down(Systemd& systemd, const InstanceName& name);

/// The servers of which systemd has a unit in memory, sorted.
Result<std::vector<InstanceName>> loaded_servers(Systemd& systemd);

} // namespace left4me
