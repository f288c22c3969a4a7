#pragma once

#include "host/host.hpp"
#include "model/job_name.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace left4me {

/// Lines of a job's log, which user left4me can write: any text. Places are bytes from its begin.
struct JobLogPart {
    std::string text; ///< whole lines, but where one alone is longer than what was asked for
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// Which lines of it.
struct JobLogWish {
    std::optional<std::uint64_t> after = {}; ///< from that place on; none: those before the end
    std::optional<std::uint64_t> end = {};   ///< a place at which it is to end; none: its end
    std::size_t most = 0;                    ///< bytes
};

/// A part of it. Nothing where there is no log (yet).
Result<JobLogPart> read_job_log(const Host& host, const JobId& id, const JobLogWish& wish);

/// Its size in bytes; 0 where there is none.
std::int64_t job_log_size(const Host& host, const JobId& id);

} // namespace left4me
