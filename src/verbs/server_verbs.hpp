#pragma once

#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "model/log_times.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "verbs/readiness.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// The verbs of l4d2ctl that change a server, run as user left4me. Each holds
/// the instance's lock (busy when another process does), checks all before it
/// changes anything, and stops at a whole place when interrupted (cancelled).

/// Makes or replaces the server's configuration. file is the spec's name for
/// messages, text its contents.
Result<void> initialize(const Host& host, const InstanceName& name, std::string_view file,
                        std::string_view text, Report& report);

/// How far a start goes.
enum class StartEnd {
    begun, ///< its game has begun: whether it goes on is for wait_until_ready
    seen,  ///< it has its port, or has gone on for two seconds; else game_failed
};

/// Writes the live configuration, then enables and starts the units. A server
/// that runs already is left alone.
Result<BegunServer> start(const Host& host, const InstanceName& name, StartEnd end, Report& report);

/// Writes the live configuration, and restarts the server on it, or starts it; whether it
/// starts at boot stays as it is.
Result<BegunServer> restart(const Host& host, const InstanceName& name, StartEnd end, Report& report);

/// Whether its game runs, or is about to.
bool has_game(const UnitStatus& server);
Result<bool> runs(const InstanceName& name);
Result<std::vector<InstanceName>> running_servers(const Host& host);

/// The spec as initialize was given it. not_found where there is no such server.
Result<std::string> spec_of(const Host& host, const InstanceName& name);

/// Disables and stops the units, and waits until the server is unmounted.
Result<void> stop(const Host& host, const InstanceName& name, Report& report);

/// Stops the server and removes all of it: what it wrote, then its
/// configuration. Nothing there is success, and false.
Result<bool> remove(const Host& host, const InstanceName& name, std::string_view verb, Report& report);

struct LogOrder {
    std::size_t lines; ///< of the past, at most
    std::optional<std::chrono::sys_seconds> since; ///< none that is older
    bool follow;
    TimeZone zone;
};

/// Shows the last lines of what the server's unit wrote to the journal, and, to follow it,
/// those that come, on standard output: by the helper that may read them. not_found where
/// there is no such server.
Result<void> show_journal(const Host& host, const InstanceName& name, const LogOrder& order);

} // namespace left4me
