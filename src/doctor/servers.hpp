#pragma once

#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <map>
#include <optional>
#include <vector>

namespace left4me {

/// What systemd tells of this host's servers.
struct Servers {
    std::vector<InstanceName> names; ///< those of systemd and those of instances/
    std::map<InstanceName, UnitStatus> units;
    std::optional<Error> unlisted; ///< why those that systemd has not loaded are not among them
};

Result<Servers> read_servers(const Host& host, Systemd& systemd);

} // namespace left4me
