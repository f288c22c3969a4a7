#pragma once

#include "host/host.hpp"
#include "host/server_inspection.hpp"
#include "system/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// The files below /usr that a process has mapped and whose names are gone or belong to
/// other files now, by its /proc/PID/maps. The kernel marks them so.
std::vector<std::string> replaced_files(std::string_view maps);

/// Looks at all servers that run, and writes what it found where read_inspections finds
/// it. As root, with CAP_SYS_PTRACE.
Result<void> inspect_servers(const Host& host);

} // namespace left4me
