#pragma once

#include "model/instance_name.hpp"

#include <string>

namespace left4me {

/// The names of a server's units.
std::string server_unit(const InstanceName& name);
std::string overlay_unit(const InstanceName& name);
std::string purge_unit(const InstanceName& name);
std::string released_unit(const InstanceName& name);

/// Restarts it, for its game hangs.
std::string hung_unit(const InstanceName& name);

/// The timer of the next try, once the server was given up.
std::string retry_unit(const InstanceName& name);

/// Those of any server, as systemd's patterns.
constexpr const char* server_pattern = "left4me-server@*.service";
constexpr const char* overlay_pattern = "left4me-overlay@*.service";

/// Puts the new installation in the place of the old one.
constexpr const char* installation_unit = "left4me-installation.service";

/// Runs steamcmd, and where it is told what to do: root's alone.
constexpr const char* steamcmd_unit = "left4me-steamcmd.service";
constexpr const char* steamcmd_door_place = "/run/left4me-steamcmd";

/// Looks at what running servers have mapped.
constexpr const char* inspection_unit = "left4me-inspect.service";

/// Asks running servers.
constexpr const char* watch_unit = "left4me-watch.service";

/// What every server requires.
constexpr const char* packet_rules_unit = "left4me-nftables.service";

} // namespace left4me
