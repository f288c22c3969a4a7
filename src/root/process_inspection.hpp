#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// What of the host's files a running server has in use that was replaced since it was
/// started. Only root can see it: a server is in a user namespace of its own.
struct ServerInspection {
    std::uint32_t main_pid;         ///< of the server that was looked at
    bool launcher_replaced = false; ///< left4me-launch is another one now
    std::vector<std::string> replaced = {}; ///< libraries and programs in /usr, sorted, 64 at most
    bool operator==(const ServerInspection&) const = default;
};
using Inspections = std::map<InstanceName, ServerInspection>;

/// The files below /usr that a process has mapped and whose names are gone or belong to
/// other files now, by its /proc/PID/maps. The kernel marks them so.
std::vector<std::string> replaced_files(std::string_view maps);

std::string format_inspections(const Inspections& inspections);

/// bad_data for anything that format_inspections does not write.
Result<Inspections> parse_inspections(std::string_view text);

/// Looks at all servers that run, and writes what it found where read_inspections finds
/// it. As root, with CAP_SYS_PTRACE.
Result<void> inspect_servers();

/// What inspect_servers last wrote; not_found: nothing yet.
Result<Inspections> read_inspections();

} // namespace left4me
