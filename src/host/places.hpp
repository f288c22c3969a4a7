#pragma once

#include "model/instance_name.hpp"

#include <array>
#include <string>
#include <string_view>

namespace left4me {

// Where everything lies: beneath the state directory (see Host), and where the package is
// installed.

/// The user that servers, scripts and the control program run as.
inline constexpr const char* service_user = "left4me";

/// The absolute path of one of the package's programs that is not for people.
std::string program_path(std::string_view program);

/// The absolute path at which the package installs its units, and of one of them.
std::string units_path();
std::string units_path(std::string_view unit);

/// instances/NAME, beneath the state directory.
std::string instance_path(const InstanceName& name);

/// live/NAME: what the server was last started with, instance.conf and the
/// generated layer. A later initialize does not touch it.
std::string live_path(const InstanceName& name);

/// instances/NAME/live, where 0.1.0 had it: see find_live.
std::string live_path_before(const InstanceName& name);

/// runtime/NAME, beneath the state directory: upper, work and merged.
std::string runtime_path(const InstanceName& name);

namespace entry {
inline constexpr const char* spec = "spec.yaml";
inline constexpr const char* config = "instance.conf";
inline constexpr const char* server_cfg = "server.cfg";
inline constexpr const char* live = "live";
inline constexpr const char* layer = "layer"; ///< in live: the topmost lower layer
inline constexpr const char* upper = "upper";
inline constexpr const char* work = "work";
inline constexpr const char* merged = "merged";
inline constexpr const char* installation = "installation"; ///< in the state directory
inline constexpr const char* installation_next = "installation.next";
/// The places of older installations that servers still run on (see older_installations.hpp).
inline constexpr std::array<const char*, 2> older_installations = {"installation.old-1",
                                                                   "installation.old-2"};
/// In an installation that may be published: it is whole, and on the disk.
inline constexpr const char* complete = ".left4me-complete";
} // namespace entry

} // namespace left4me
