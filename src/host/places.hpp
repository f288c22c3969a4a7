#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <string>

namespace left4me {

/// Where everything lies on a host. The root is a constant of the build, never
/// an environment variable or an argument: privileged programs use it.
namespace path {
inline const std::string state = LEFT4ME_ROOT; ///< /var/lib/left4me
inline const std::string run = "/run/left4me";
inline const std::string libexec = LEFT4ME_LIBEXECDIR;
inline const std::string units = LEFT4ME_UNITDIR; ///< where the package has its own
inline const std::string steam_home = state + "/steam"; ///< of servers: they see all of it
inline const std::string steamcmd_home = state + "/steamcmd"; ///< has its login: no server sees it
} // namespace path

/// Root's own copies of the instance.conf of each mounted server, by its name.
namespace path {
inline const std::string configurations = run + "/conf";
} // namespace path

/// The user that servers, scripts and the control program run as.
inline const std::string service_user = "left4me";

/// instances/NAME, beneath the state directory.
std::string instance_path(const InstanceName& name);

/// live/NAME: what the server was last started with, instance.conf and the
/// generated layer. A later initialize does not touch it.
std::string live_path(const InstanceName& name);

/// instances/NAME/live, where 0.1.0 had it: see find_live.
std::string live_path_before(const InstanceName& name);

/// The absolute path at which a server finds its instance.conf: root's own copy
/// (see mount_overlay), bound by the unit to where the launcher of 0.1.0 reads it.
std::string seen_config_path(const InstanceName& name);

/// runtime/NAME, beneath the state directory: upper, work and merged.
std::string runtime_path(const InstanceName& name);

/// The absolute path of the merged tree.
std::string merged_path(const InstanceName& name);

namespace entry {
inline const std::string spec = "spec.yaml";
inline const std::string config = "instance.conf";
inline const std::string server_cfg = "server.cfg";
inline const std::string live = "live";
inline const std::string layer = "layer"; ///< in live: the topmost lower layer
inline const std::string upper = "upper";
inline const std::string work = "work";
inline const std::string merged = "merged";
inline const std::string installation = "installation"; ///< in the state directory
inline const std::string installation_next = "installation.next";
/// In an installation that may be published: it is whole, and on the disk.
inline const std::string complete = ".left4me-complete";
} // namespace entry

} // namespace left4me
