#pragma once

#include "host/host.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <chrono>
#include <string>

namespace left4me {

/// Whoever shows what games answer touches a file, and for some seconds left4me-watch asks
/// oftener: /run/left4me/answers/.wanted, which is user left4me's.

constexpr const char* lease_file = ".wanted";

/// How long a touch counts.
constexpr std::chrono::seconds lease_length{30};

/// unavailable where the watch does not run.
Result<void> touch_lease(const Host& host);

/// The watch's part: makes the file, as one that nobody has touched.
Result<void> make_lease(const Directory& answers);

/// Whether it was touched within lease_length of now. A time in the future counts not.
bool is_wanted(const Directory& answers, std::chrono::system_clock::time_point now);

} // namespace left4me
