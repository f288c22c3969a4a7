#include "web/job_pruning.hpp"

#include "host/asked_job.hpp"
#include "host/job_place.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/service_log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace left4me::web {
namespace {

constexpr std::chrono::seconds between_turns{1};
constexpr int most_in_vain = 5; ///< then it is left for the next time
constexpr std::size_t places_at_once = 20;

/// What became of some.
struct Pruned {
    std::vector<JobId> gone; ///< nothing is left of them on the host
    std::size_t asked = 0;   ///< so many were asked for
    std::string why = {};    ///< one of them stays, if one does
};

/// Blocks: root has one after the other removed.
Pruned prune(const Host& host, std::vector<JobId> old, const std::set<JobId>& known, AccountTime since)
{
    Pruned pruned;
    for (auto& id : ownerless_places(host, known, since).value_or(std::vector<JobId>()))
        old.push_back(std::move(id));
    for (const auto& id : old) {
        if (!is_job_taken(host, id).value_or(true)) {
            pruned.gone.push_back(id);
            continue;
        }
        ++pruned.asked;
        // systemd goes on with it: that it is gone is seen the next time.
        if (const auto asked = ask_to_forget_job(JobKind::servers, id); !asked) {
            pruned.why = asked.error().message;
            break;
        }
    }
    return pruned;
}

} // namespace

Result<std::vector<JobId>> ownerless_places(const Host& host, const std::set<JobId>& known,
                                            AccountTime since)
{
    const auto jobs = host.open_state().and_then(
        [](const Directory& state) { return state.subdirectory(jobs_place); });
    auto names = jobs.and_then([](const Directory& opened) { return opened.entries(); });
    if (!names)
        return std::unexpected(names.error());
    std::ranges::sort(*names, NaturalLess());
    std::vector<JobId> found;
    for (const auto& name : *names) {
        const auto id = JobId::parse(name);
        if (!id || known.contains(*id))
            continue;
        const auto status =
            jobs->subdirectory(name).and_then([](const Directory& place) { return place.status(); });
        if (status && status->st_mtim.tv_sec < since.time_since_epoch().count())
            found.push_back(*id);
        if (found.size() == places_at_once)
            break;
    }
    return found;
}

void JobPruning::look()
{
    in_vain_ = 0;
    if (!ticking_)
        ticking_ = server_.every(between_turns, [this] { go_on(); });
}

void JobPruning::go_on()
{
    if (working_)
        return;
    JobHistory history(database_);
    auto old = history.not_kept(now_());
    auto known = history.numbers();
    if (!old || !known)
        return ticking_.reset(); // the next time
    working_ = true;
    server_.run([this, alive = alive_, host = host_, old = std::move(*old), known = std::move(*known),
                 since = now_() - JobsKept().age]() -> std::function<void()> {
        return [this, alive, pruned = prune(host, old, known, since)] {
            if (!*alive)
                return;
            working_ = false;
            if (!JobHistory(database_).forget(pruned.gone) || (pruned.gone.empty() && pruned.asked == 0))
                return ticking_.reset();
            in_vain_ = pruned.gone.empty() ? in_vain_ + 1 : 0;
            if (in_vain_ < most_in_vain)
                return;
            log_line(formatted("jobs that are over cannot be forgotten: {}",
                               pruned.why.empty() ? "what they left is still there" : pruned.why));
            ticking_.reset();
        };
    });
}

} // namespace left4me::web
