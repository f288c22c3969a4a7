#include "web/live_jobs.hpp"

#include "accounts/job_history.hpp"
#include "host/job_log_file.hpp"
#include "system/format.hpp"

#include <chrono>
#include <utility>

namespace left4me::web {
namespace {

constexpr std::chrono::milliseconds between_looks_at_logs{500};
/// Of a log at a time, in bytes: a page that is behind gets there in some steps.
constexpr std::size_t most_of_log = std::size_t{64} * 1024;

} // namespace

Stream LiveJobs::follow(const WebSession& session, const JobId& id, std::uint64_t read)
{
    return {.owner = session.user.name.str(),
            .begin = [this, session, id, read](std::shared_ptr<EventSink> sink) {
                return begin({.sink = std::move(sink), .session = session, .id = id, .read = read});
            }};
}

std::shared_ptr<void> LiveJobs::begin(Viewer begun)
{
    const auto viewer = viewers_.insert(viewers_.end(), std::move(begun));
    show(*viewer);
    if (!ticking_)
        ticking_ = server_.every(between_looks_at_logs, [this] {
            for (auto& one : viewers_)
                show(one);
        });
    return {nullptr, [this, viewer, alive = alive_](void*) {
                if (!*alive)
                    return;
                viewers_.erase(viewer);
                if (viewers_.empty())
                    ticking_.reset();
            }};
}

void LiveJobs::show(Viewer& viewer)
{
    if (viewer.told)
        return;
    const bool lives = Sessions(database_).lives(viewer.session.id, now_()).value_or(false);
    const auto known = JobHistory(database_).find(viewer.session.user, viewer.id.str());
    if (!lives || (known && !*known))
        return viewer.sink->end();
    if (!known)
        return; // the next time
    const auto part =
        read_job_log(host_, viewer.id, {.after = viewer.read, .end = {}, .most = most_of_log});
    if (part && !part->text.empty()) {
        viewer.read = part->end;
        return viewer.sink->send("log", part->text, formatted("{}", viewer.read));
    }
    if ((*known)->job.ended) {
        viewer.told = true;
        viewer.sink->send("reload", "");
    }
}

} // namespace left4me::web
