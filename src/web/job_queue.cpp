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
    bool begins;              ///< else it is looked at
    bool stops;               ///< before that
    Result<std::string> text; ///< of one that begins: see request_text
};
struct Ended {
    Job job;
    JobEnd how;
    std::int64_t log; ///< bytes that it left
};

Result<JobRequest> request_for(const JobWork& work, const std::string& text)
{
    const auto* on = std::get_if<ServerWork>(&work);
    return on == nullptr ? JobRequest::parse(kind_of(work), text)
                         : left4me::request_for(on->act, on->server, text);
}

bool has_its_settings(const Host& host, const JobWork& work, const std::string& spec)
{
    const auto* on = std::get_if<ServerWork>(&work);
    return on != nullptr && on->act == ServerAct::initialize && spec_of(host, on->server) == spec;
}

/// Asks for it. One that could not be begun has ended.
std::optional<JobEnd> begin(const Host& host, const Job& job, const Result<std::string>& text)
{
    if (text && has_its_settings(host, job.work, *text))
        return JobEnd{.status = 0, .error = {}};
    const auto asked =
        text.and_then([&](const std::string& given) { return request_for(job.work, given); })
            .and_then([&](const JobRequest& request) {
                return ask_for_job(kind_of(job.work), job.id, request);
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
    for (const auto& [job, begins, stops, text] : steps) {
        const auto kind = kind_of(job.work);
        if (stops)
            ask_to_stop_job(kind, job.id);
        const auto end =
            begins ? begin(host, job, text) : end_of_job(host, kind, job.id).value_or(std::nullopt);
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
        // Written down before: whatever happens to this program meanwhile, none is begun twice.
        const auto kind = kind_of(job.work);
        if (!job.begun && (running[kind] == most_running(kind) || !all.begin(job, now_())))
            continue;
        running[kind] += job.begun ? 0 : 1;
        steps.push_back({job, !job.begun, stop_is_due(job), request_text(job)});
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

/// What it is to do, of one that begins; of a server that is initialised, from what it is now.
Result<std::string> JobQueue::request_text(const Job& job)
{
    if (job.begun)
        return std::string();
    const auto* on = job.on_server();
    if (on == nullptr)
        return Jobs(database_).request_of(job).transform(&JobRequest::format);
    if (on->act != ServerAct::initialize)
        return std::string();
    return LinkedServers(database_)
        .spec(on->server)
        .and_then([&](const std::optional<LinkedSpec>& spec) -> Result<std::string> {
            if (!spec)
                return fail(ExitStatus::bad_data, "it is made of no blueprint any more");
            editions_[job.id] = spec->edition;
            return spec->text;
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
