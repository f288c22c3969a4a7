#pragma once

#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/job_name.hpp"
#include "system/error.hpp"

#include <string_view>

namespace left4me {

/// Starts left4me-job-KIND@ID.service with that request, and returns when it is started. The
/// request is written as root's, whole or not at all. busy where a job of that number has run,
/// or runs: how it ended is said as far as it is known. bad_data for a request that the kind
/// may not run; nothing is changed then. For root.
Result<void> start_job(const Host& host, Systemd& systemd, JobKind kind, const JobId& id,
                       std::string_view request);

/// Ends it, and waits until it is down. One that does not run is no error; not_found where there
/// has been none of that number. For root.
Result<void> stop_job(const Host& host, Systemd& systemd, JobKind kind, const JobId& id);

/// Has systemd remove all that it left, its log and its result, and does not wait for that. busy for
/// one that is not down. One that left nothing is no error. For root.
Result<void> forget_job(const Host& host, Systemd& systemd, JobKind kind, const JobId& id);

} // namespace left4me
