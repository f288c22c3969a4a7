#pragma once

#include "host/host.hpp"
#include "model/job_request.hpp"
#include "model/job_result.hpp"
#include "system/error.hpp"

#include <optional>

namespace left4me {

/// Has root start a job, and returns when it has begun; blocks for as long as systemd takes. The
/// helper's words are the Error's: bad_data for a request that is not of that kind, busy for a number
/// that has run.
Result<void> ask_for_job(JobKind kind, const JobId& id, const JobRequest& request);

/// How a job ended that was asked for; none: it runs. One that was cut off, or never begun, has
/// ended with internal, and says so.
Result<std::optional<JobEnd>> end_of_job(const Host& host, JobKind kind, const JobId& id);

/// Has root end a job, as Ctrl-C would, and does not wait until it is down; blocks for some seconds at
/// most. Where root is busy it may not have been done: ask again while the job goes on.
void ask_to_stop_job(JobKind kind, const JobId& id);

/// Has root remove what a job left that has ended, and does not wait for that. busy for one that runs.
Result<void> ask_to_forget_job(JobKind kind, const JobId& id);

/// Whether one of that number has run, or runs.
Result<bool> is_job_taken(const Host& host, const JobId& id);

} // namespace left4me
