#pragma once

#include "model/instance_name.hpp"
#include "model/journal_cursor.hpp"
#include "system/error.hpp"

#include <chrono>
#include <cstddef>
#include <optional>

namespace left4me {

enum class Follow { no, yes };
enum class Cursors { no, yes };

struct JournalRequest {
    InstanceName name;
    std::size_t lines; ///< of the past, at most
    Follow follow;
    Cursors cursors;
    std::optional<std::chrono::sys_seconds> since; ///< no older ones
    std::optional<JournalCursor> after;
};

/// Writes the messages of a server's unit to standard output, oldest first,
/// one a line: "2026-01-31T12:00:00+00:00 TEXT", control characters escaped; with cursors,
/// each behind its own and a tab. Those of systemd and journald about the unit, and what
/// systemd-coredump said of its processes, are among them. Without
/// after, the last ones; with it, the first ones behind that message, and all of them where
/// new ones are followed. not_found: the journal has no such message of this unit (any
/// more). Following ends, with success, when the caller is gone.
Result<void> print_journal(const JournalRequest& request);

} // namespace left4me
