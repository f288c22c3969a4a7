#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
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

std::string format_inspections(const Inspections& inspections);

/// bad_data for anything that format_inspections does not write.
Result<Inspections> parse_inspections(std::string_view text);

/// As root.
Result<void> write_inspections(const Host& host, const Inspections& inspections);

/// What root last wrote; not_found: nothing yet.
Result<Inspections> read_inspections(const Host& host);

/// When that was, since the epoch; none: never.
std::optional<std::chrono::microseconds> inspections_written(const Host& host);

} // namespace left4me
