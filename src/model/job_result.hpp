#pragma once

#include "system/error.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace left4me {

/// How a job ended.
struct JobResult {
    int status;        ///< as l4d2ctl ends
    std::string error; ///< one line; empty where nothing went wrong
    std::chrono::microseconds began; ///< since the epoch
    std::chrono::microseconds ended;
};

/// What is written of it, a KEY=value for each in their order: "status", "error", "began" and
/// "ended", the times as 2026-01-31T12:00:00Z.
std::string format_job_result(const JobResult& result);

/// What is to be known of it from then on.
struct JobEnd {
    int status;
    std::string error; ///< escaped
};

/// Of that text, which user left4me can write. bad_data for any other text.
Result<JobEnd> parse_job_end(std::string_view text);

/// What is told of it from that text, which user left4me can write: "ended with status 70: …".
/// bad_data for any other text.
Result<std::string> describe_job_result(std::string_view text);

/// Largest of these, in bytes.
constexpr std::size_t max_job_result_size = 8 * 1024;

} // namespace left4me
