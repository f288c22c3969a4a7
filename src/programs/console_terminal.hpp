#pragma once

#include "host/console_records.hpp"
#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>

namespace left4me {

/// The console of a server on the terminal that is standard input and output, until its input
/// ends: a line to edit, and above it the server's log, answers, and what becomes of the server.
/// history: none where nothing is to be kept. terminal: as TERM had it. not_found and not_running
/// as of find_console(); cancelled by a signal.
Result<void> sit_at_console(const Host& host, const InstanceName& name,
                            const std::optional<ConsoleHistory>& history, const std::string& terminal);

} // namespace left4me
