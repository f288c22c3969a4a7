#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A restart that waits until nobody plays: /var/lib/left4me/waiting/NAME. Over a boot, too; any
/// other mount of the server's layers is what it waited for, and ends it.
struct WaitingRestart {
    std::chrono::sys_seconds requested;
    std::optional<std::chrono::sys_seconds> latest; ///< then whoever plays

    bool operator==(const WaitingRestart&) const = default;
};

std::string format_waiting_restart(const WaitingRestart& waiting);

/// bad_data for anything that format_waiting_restart does not write.
Result<WaitingRestart> parse_waiting_restart(std::string_view file, std::string_view text);

/// /var/lib/left4me/waiting, user left4me's.
Result<Directory> open_waiting(const Host& host);

/// None that waits is not_found.
Result<WaitingRestart> read_waiting_restart(const Directory& waiting, const InstanceName& name);
Result<void> write_waiting_restart(const Directory& waiting, const InstanceName& name,
                                   const WaitingRestart& restart);

/// Whether one waited.
Result<bool> drop_waiting_restart(const Directory& waiting, const InstanceName& name);

/// The servers whose restart waits.
Result<std::vector<InstanceName>> waiting_servers(const Directory& waiting);

} // namespace left4me
