#pragma once

#include "host/host.hpp"
#include "model/job_request.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

namespace left4me {

/// Where jobs lie, in the state directory and in what is gone after a boot.
inline constexpr const char* jobs_place = "jobs";

/// jobs/ID in the state directory: made for a job before it runs, and left, so that no ID runs
/// twice. User left4me's, in a directory of root's.
namespace job_entry {
inline constexpr const char* log = "log";       ///< see JobLog
inline constexpr const char* result = "result"; ///< see JobResult; none: it runs, or was killed
} // namespace job_entry

/// What a job is to do: jobs/ID of the run directory, root's alone, which nobody changes between
/// its approval and its end. Opened once, beneath descriptors. not_found; bad_data where it is no
/// regular file or no request of that kind.
Result<JobRequest> read_job_request(const Host& host, JobKind kind, const JobId& id);

/// jobs/ID of the state directory; not_found, too, while it is root's still: systemd gives it to the
/// user when the job's unit begins, and one that is killed before that leaves it so.
Result<Directory> open_job_place(const Host& host, const JobId& id);

} // namespace left4me
