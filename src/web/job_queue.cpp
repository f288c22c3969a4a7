#include "web/job_queue.hpp"

#include "accounts/linked_servers.hpp"
#include "host/asked_job.hpp"
#include "host/job_log_file.hpp"
#include "system/format.hpp"
#include "system/service_log.hpp"
#include "verbs/server_verbs.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace left4me::web {
namespace {

constexpr std::chrono::milliseconds between_looks{250};
/// What is to end is asked to again, for nobody knows whether it has heard.
constexpr std::chrono::seconds between_stops{10};

/// Of jobs at a time: those of servers start games, builds have what processors games leave them.
std::ptrdiff_t most_running(JobKind kind)
{
    switch (kind) {
    case JobKind::servers:
        return 4;
    case JobKind::layers:
        return 2;
    case JobKind::workshop:
    case JobKind::steam:
        break;
    }
    return 1;
}

/// A job, and what there is to do about it.
struct Step {
    Job job;
    bool stops;                                ///< before it is looked at
    std::optional<Result<JobRequest>> request; ///< of one that root is to be asked for
};
struct Ended {
    Job job;
    JobEnd how;
    std::int64_t log; ///< bytes that it left
};

bool has_its_settings(const Host& host, const JobWork& work, const JobRequest& request)
{
    const auto* on = std::get_if<ServerWork>(&work);
    return on != nullptr && on->act == ServerAct::initialize &&
           spec_of(host, on->server) == request.text();
}

/// Asks for it. One that could not be begun has ended.
std::optional<JobEnd> begin(const Host& host, const Job& job, const Result<JobRequest>& request)
{
    if (job.is_to_end())
        return JobEnd{.status = static_cast<int>(ExitStatus::cancelled), .error = "cancelled"};
    if (request && has_its_settings(host, job.work, *request))
        return JobEnd{.status = 0, .error = {}};
    const auto asked = request.and_then(
        [&](const JobRequest& given) { return ask_for_job(kind_of(job.work), job.id, given); });
    // Of one that has its place it is not known yet what becomes of it.
    if (asked || is_job_taken(host, job.id).value_or(true))
        return std::nullopt;
    return JobEnd{.status = static_cast<int>(asked.error().status), .error = asked.error().message};
}

/// Blocks. Where nobody can tell, it is looked at again.
std::vector<Ended> take_steps(const Host& host, const std::vector<Step>& steps)
{
    std::vector<Ended> ends;
    for (const auto& [job, stops, request] : steps) {
        const auto kind = kind_of(job.work);
        if (stops)
            ask_to_stop_job(kind, job.id);
        // One that was begun by a program which was ended then has its place, if root has heard of it.
        const bool begins = request && !is_job_taken(host, job.id).value_or(true);
        const auto end =
            begins ? begin(host, job, *request) : end_of_job(host, kind, job.id).value_or(std::nullopt);
        if (end)
            ends.push_back({job, *end, job_log_size(host, job.id)});
    }
    return ends;
}

} // namespace

void JobQueue::look()
{
    if (!ticking_)
        ticking_ = server_.every(between_looks, [this] { go_on(); });
    go_on();
}

void JobQueue::go_on()
{
    if (working_)
        return;
    Jobs all(database_);
    const auto jobs = all.to_do();
    if (!jobs)
        return; // the next time
    if (jobs->empty())
        return ticking_.reset();
    std::map<JobKind, std::ptrdiff_t> running;
    for (const auto& job : *jobs)
        running[kind_of(job.work)] += job.begun ? 1 : 0;
    std::vector<Step> steps;
    for (const auto& job : *jobs) {
        // Written down before root is asked: who cancels takes those out of the queue that have not
        // begun.
        const auto kind = kind_of(job.work);
        if (!job.begun && (running[kind] == most_running(kind) || !all.begin(job, now_())))
            continue;
        running[kind] += job.begun ? 0 : 1;
        steps.push_back({job, stop_is_due(job), request_of_new(job)});
    }
    working_ = true;
    server_.run(
        [this, alive = alive_, host = host_, steps = std::move(steps)]() -> std::function<void()> {
            return [this, alive, ends = take_steps(host, steps)] {
                if (!*alive)
                    return;
                working_ = false;
                for (const auto& [job, how, log] : ends)
                    end(job, how, log);
            };
        });
}

/// What it is to do, of one that this program has not asked for yet: root runs a number once, so
/// asking again for what a program before this one may have asked for does no harm.
std::optional<Result<JobRequest>> JobQueue::request_of_new(const Job& job)
{
    return asked_.insert(job.id).second ? std::optional(request_of(job)) : std::nullopt;
}

/// Of a server that is initialised, from what it is now.
Result<JobRequest> JobQueue::request_of(const Job& job)
{
    const auto* on = job.on_server();
    if (on == nullptr)
        return Jobs(database_).request_of(job);
    if (on->act != ServerAct::initialize)
        return request_for(on->act, on->server, {});
    return LinkedServers(database_)
        .spec(on->server)
        .and_then([&](const std::optional<LinkedSpec>& spec) -> Result<JobRequest> {
            if (!spec)
                return fail(ExitStatus::bad_data, "it is made of no blueprint any more");
            editions_[job.id] = spec->edition;
            return request_for(on->act, on->server, spec->text);
        });
}

bool JobQueue::stop_is_due(const Job& job)
{
    if (!job.is_to_end())
        return false;
    const auto now = std::chrono::steady_clock::now();
    const auto [asked, first] = stops_.try_emplace(job.id, now);
    if (!first && now - asked->second < between_stops)
        return false;
    asked->second = now;
    return true;
}

void JobQueue::end(const Job& job, const JobEnd& how, std::int64_t log)
{
    if (!Jobs(database_).end(job, how, now_(), log))
        return; // it is found again
    stops_.erase(job.id);
    asked_.erase(job.id);
    ended_();
    // Of one that another program began nobody knows: its next start looks again.
    if (const auto edition = editions_.extract(job.id); edition && how.status == 0)
        (void)LinkedServers(database_).set_applied(job.on_server()->server, edition.mapped());
    log_line(formatted("job {}, {} for {}: {}", job.id.str(), told(job.work), job.user,
                       how.status == 0 ? "done"
                       : job.canceller.empty()
                           ? "failed: " + how.error
                           : formatted("cancelled by {}: {}", job.canceller, how.error)));
}

} // namespace left4me::web
