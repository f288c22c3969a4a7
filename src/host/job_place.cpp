#include "host/job_place.hpp"

#include "system/format.hpp"

namespace left4me {

Result<JobRequest> read_job_request(const Host& host, JobKind kind, const JobId& id)
{
    return host.open_run()
        .and_then([&](const Directory& run) {
            return run.read_file(formatted("{}/{}", jobs_place, id.str()), max_job_request_size);
        })
        .and_then([&](const std::string& text) { return JobRequest::parse(kind, text); });
}

Result<Directory> open_job_place(const Host& host, const JobId& id)
{
    return host.open_state().and_then([&](const Directory& state) {
        return state.subdirectory(formatted("{}/{}", jobs_place, id.str()));
    });
}

} // namespace left4me
