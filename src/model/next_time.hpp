#pragma once

#include "system/error.hpp"

#include <chrono>
#include <string_view>

namespace left4me {

/// A time to come, as people write it: "04:00", the next one by the host's clock, or "2h", "90m",
/// from now on. usage for anything else, for none at all, and for more than a week.
Result<std::chrono::sys_seconds> parse_next_time(std::string_view text, std::chrono::sys_seconds now);

} // namespace left4me
