#include "root/job_units.hpp"

#include "host/job_place.hpp"
#include "model/job_result.hpp"
#include "root/start_failure.hpp"
#include "system/directory.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/prepared_file.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/file.h>
#include <sys/stat.h>
#include <vector>

namespace left4me {
namespace {

/// The requests. Locked for as long as it is open: nobody but root can open it.
Result<Directory> lock_requests(const Host& host)
{
    auto requests =
        host.open_run().and_then([](const Directory& run) { return run.subdirectory(jobs_place); });
    // Whoever holds it starts a job, which takes no longer than systemd does.
    while (requests && flock(requests->descriptor(), LOCK_EX) != 0) {
        if (errno != EINTR)
            return fail_errno(formatted("cannot lock {}", quote(requests->path())), errno);
        if (auto going_on = check_interruption(); !going_on)
            return std::unexpected(going_on.error());
    }
    return requests;
}

/// One of each kind, for a request does not say which one it is of.
std::vector<std::string> units_of(const JobId& id)
{
    std::vector<std::string> units;
    for (const auto kind : job_kinds)
        units.push_back(job_unit(kind, id));
    return units;
}

/// A job cannot remove its own request, which is root's: it goes when the next one starts.
Result<void> remove_ended(const Directory& requests, Systemd& systemd)
{
    return requests.entries().and_then([&](const std::vector<std::string>& names) -> Result<void> {
        for (const auto& name : names) {
            const auto id = JobId::parse(name);
            const auto states = id ? systemd.states(units_of(*id)) : std::vector<UnitState>();
            if (!states)
                return std::unexpected(states.error());
            if (!std::ranges::all_of(*states, &UnitState::is_down))
                continue;
            if (auto removed = requests.remove_file(name); !removed)
                return removed;
        }
        return {};
    });
}

/// As far as it can be read: the directory is user left4me's, and so is all that is in it.
std::string how_it_ended(const Directory& jobs, const JobId& id)
{
    const auto place = jobs.subdirectory(id.str());
    if (!place)
        return "has run";
    const auto text = place->read_file(job_entry::result, max_job_result_size);
    if (!text && text.error().status == ExitStatus::not_found)
        return place->contains(job_entry::log).value_or(false)
                   ? "was ended before it was done: it has a log and no result"
                   : "was never begun";
    return text.and_then([](const std::string& one) { return describe_job_result(one); })
        .value_or("has run");
}

/// An ID is used up from here on, also over a boot.
Result<void> take_id(const Directory& jobs, const Directory& requests, const JobId& id)
{
    const auto asked = requests.contains(id.str());
    if (!asked)
        return std::unexpected(asked.error());
    if (*asked)
        return fail(ExitStatus::busy, formatted("job {} runs already", id.str()));
    if (mkdirat(jobs.descriptor(), id.str().c_str(), S_IRWXU) == 0)
        return jobs.sync();
    if (errno != EEXIST)
        return fail_errno(formatted("cannot make {}", quote(jobs.path() + "/" + id.str())), errno);
    return fail(ExitStatus::busy,
                formatted("job {} {}: each number runs once", id.str(), how_it_ended(jobs, id)));
}

/// For the job's unit to bind: others cannot enter the directory.
Result<void> write_request(const Directory& requests, const JobId& id, const JobRequest& request)
{
    constexpr mode_t readable = 0644;
    umask(0); // the caller's
    return prepare_file(requests, id.str(), request.format(), readable).and_then([&] {
        return put_prepared(requests, id.str());
    });
}

} // namespace

Result<void> start_job(const Host& host, Systemd& systemd, JobKind kind, const JobId& id,
                       std::string_view request)
{
    const auto parsed = JobRequest::parse(kind, request);
    if (!parsed)
        return std::unexpected(parsed.error());
    const auto requests = lock_requests(host);
    const auto jobs = host.open_state().and_then(
        [](const Directory& state) { return state.subdirectory(jobs_place); });
    if (!requests || !jobs)
        return std::unexpected(!requests ? requests.error() : jobs.error());
    const auto unit = job_unit(kind, id);
    return remove_ended(*requests, systemd)
        .and_then([&] { return take_id(*jobs, *requests, id); })
        .and_then([&] { return write_request(*requests, id, *parsed); })
        .and_then([&] { return systemd.start({unit}, JobPatience::own); })
        .transform_error(
            [&](const Error& error) { return explain_failed_start(systemd, {unit}, error); });
}

Result<void> stop_job(const Host& host, Systemd& systemd, JobKind kind, const JobId& id)
{
    const auto known = host.open_state().and_then([&](const Directory& state) {
        return state.contains(formatted("{}/{}", jobs_place, id.str()));
    });
    if (!known)
        return std::unexpected(known.error());
    if (!*known)
        return fail(ExitStatus::not_found, formatted("there is no job {}", id.str()));
    return systemd.stop({job_unit(kind, id)}, JobPatience::own);
}

Result<void> forget_job(const Host& host, Systemd& systemd, JobKind kind, const JobId& id)
{
    const auto requests = lock_requests(host); // no job of this number begins meanwhile
    const auto states = systemd.states(units_of(id));
    if (!requests || !states)
        return std::unexpected(!requests ? requests.error() : states.error());
    if (!std::ranges::all_of(*states, &UnitState::is_down))
        return fail(ExitStatus::busy, formatted("job {} is not down", id.str()));
    // The files are user left4me's, and the helper has no right to remove them; systemd does, which
    // made their directory.
    return requests->remove_file(id.str()).and_then(
        [&] { return systemd.clean_state(job_unit(kind, id)); });
}

} // namespace left4me
