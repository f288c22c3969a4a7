#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <cstddef>

namespace left4me {

enum class Follow { no, yes };

struct JournalRequest {
    InstanceName name;
    std::size_t lines; ///< of the past, at most
    Follow follow;
};

/// Writes the messages of a server's unit to standard output, oldest first,
/// one a line: "2026-01-31T12:00:00+00:00 TEXT", control characters escaped.
/// Those of systemd about the unit are among them. Following ends, with
/// success, when the caller is gone.
Result<void> print_journal(const JournalRequest& request);

} // namespace left4me
