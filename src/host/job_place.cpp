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
    auto place = host.open_state().and_then([&](const Directory& state) {
        return state.subdirectory(formatted("{}/{}", jobs_place, id.str()));
    });
    if (!place && place.error().status == ExitStatus::not_permitted)
        return fail(ExitStatus::not_found, formatted("job {} has not begun", id.str()));
    return place;
}

} // namespace left4me
