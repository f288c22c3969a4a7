#pragma once

#include "host/host.hpp"
#include "model/game_port.hpp"
#include "model/instance_name.hpp"
#include "model/watch_settings.hpp"
#include "system/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace left4me {

/// All that left4me-watch sees of a server's configuration: root's copy of what it was mounted
/// with, /run/left4me/watch/NAME, while it is mounted.
///
///     PORT=27015
///     QUERY=a2s
///     HANG_AFTER=90
struct WatchedServer {
    GamePort port;
    WatchSettings settings;

    bool operator==(const WatchedServer&) const = default;
};

std::string format_watched_server(const WatchedServer& server);

/// bad_data for anything that format_watched_server does not write.
Result<WatchedServer> parse_watched_server(std::string_view file, std::string_view text);

/// not_found: it is not mounted, or was by a release before 0.2.0.
Result<WatchedServer> read_watched_server(const Host& host, const InstanceName& name);

/// When it was mounted, by the clock; not_found as above.
Result<std::chrono::sys_seconds> mount_time_of(const Host& host, const InstanceName& name);

/// As root.
Result<void> write_watched_server(const Host& host, const InstanceName& name,
                                  const WatchedServer& server);
Result<void> remove_watched_server(const Host& host, const InstanceName& name);

} // namespace left4me
