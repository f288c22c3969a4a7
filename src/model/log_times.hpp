#pragma once

#include "system/error.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace left4me {

// Times of a log, as people write and read them.

enum class TimeZone {
    of_host,
    utc,
};

/// "90s", "10m", "2h", "3 days ago": before now. "today", "yesterday", "14:30", "2026-01-31",
/// "2026-01-31 14:30:05", with 'T' in place of the blank, too: in that zone, or with "Z" or "+01:00"
/// behind it in that one. usage for anything else, and for what is before 1970.
Result<std::chrono::sys_seconds> parse_log_since(std::string_view text, std::chrono::sys_seconds now,
                                                 TimeZone zone);

/// Has the time of each line of left4me-journalctl's, "2026-01-31T12:00:00+00:00 ", in the host's
/// zone. Lines come in parts, as a pipe has them.
class LocalLogTimes {
public:
    [[nodiscard]] std::string pass(std::string_view part);

private:
    std::string begin_; ///< of a line, less than its time
    bool in_text_ = false;
};

} // namespace left4me
