#include "web/job_queue.hpp"

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
/// Of jobs at a time: each has processes of its own, and most start a game.
constexpr std::ptrdiff_t most_running = 4;
/// What is to end is asked to again, for nobody knows whether it has heard.
constexpr std::chrono::seconds between_stops{10};

/// A job, and what there is to do about it.
struct Step {
    ServerJob job;
    bool begins;              ///< else it is looked at
    bool stops;               ///< before that
    Result<std::string> spec; ///< of initialize
};
struct Ended {
    ServerJob job;
    JobEnd how;
    std::int64_t log; ///< bytes that it left
};

/// Asks for it. One that could not be begun has ended.
std::optional<JobEnd> begin(const Host& host, const ServerJob& job, const Result<std::string>& spec)
{
    if (job.act == ServerAct::initialize && spec && spec_of(host, job.server) == *spec)
        return JobEnd{.status = 0, .error = {}};
    const auto asked =
        spec.and_then([&](const std::string& text) { return request_for(job.act, job.server, text); })
            .and_then([&](const JobRequest& request) {
                return ask_for_job(JobKind::servers, job.id, request);
            });
    // Of one that has its place it is not known yet what becomes of it.
    if (asked || is_job_taken(host, job.id).value_or(true))
        return std::nullopt;
    return JobEnd{.status = static_cast<int>(asked.error().status), .error = asked.error().message};
}

/// Blocks. Where nobody can tell, it is looked at again.
std::vector<Ended> take_steps(const Host& host, const std::vector<Step>& steps)
{
    std::vector<Ended> ends;
    for (const auto& [job, begins, stops, spec] : steps) {
        if (stops)
            ask_to_stop_job(JobKind::servers, job.id);
        const auto end = begins ? begin(host, job, spec)
                                : end_of_job(host, JobKind::servers, job.id).value_or(std::nullopt);
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
    ServerJobs all(database_);
    const auto jobs = all.to_do();
    if (!jobs)
        return; // the next time
    if (jobs->empty())
        return ticking_.reset();
    auto running = std::ranges::count_if(*jobs, [](const auto& job) { return job.begun.has_value(); });
    std::vector<Step> steps;
    for (const auto& job : *jobs) {
        // Written down before: whatever happens to this program meanwhile, none is begun twice.
        if (!job.begun && (running == most_running || !all.begin(job, now_())))
            continue;
        running += job.begun ? 0 : 1;
        steps.push_back({job, !job.begun, stop_is_due(job), spec_for(job)});
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

/// What it is initialised from now.
Result<std::string> JobQueue::spec_for(const ServerJob& job)
{
    if (job.begun || job.act != ServerAct::initialize)
        return std::string();
    return LinkedServers(database_)
        .spec(job.server)
        .and_then([&](const std::optional<LinkedSpec>& spec) -> Result<std::string> {
            if (!spec)
                return fail(ExitStatus::bad_data, "it is made of no blueprint any more");
            editions_[job.id] = spec->edition;
            return spec->text;
        });
}

bool JobQueue::stop_is_due(const ServerJob& job)
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

void JobQueue::end(const ServerJob& job, const JobEnd& how, std::int64_t log)
{
    if (!ServerJobs(database_).end(job, how, now_(), log))
        return; // it is found again
    stops_.erase(job.id);
    ended_();
    // Of one that another program began nobody knows: its next start looks again.
    if (const auto edition = editions_.extract(job.id); edition && how.status == 0)
        (void)LinkedServers(database_).set_applied(job.server, edition.mapped());
    log_line(formatted(
        "job {}, {} of {} for {}: {}", job.id.str(), word_for(job.act), job.server.str(), job.user,
        how.status == 0         ? "done"
        : job.canceller.empty() ? "failed: " + how.error
                                : formatted("cancelled by {}: {}", job.canceller, how.error)));
}

} // namespace left4me::web
