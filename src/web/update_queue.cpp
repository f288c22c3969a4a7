#include "web/update_queue.hpp"

#include "host/asked_job.hpp"
#include "system/format.hpp"
#include "system/service_log.hpp"
#include "verbs/installed_game.hpp"

#include <chrono>

namespace left4me::web {
namespace {

constexpr std::chrono::milliseconds between_looks{500};

/// Asks for it. One that could not be begun has ended.
std::optional<JobEnd> begin(const Host& host, const GameUpdate& update)
{
    const auto asked =
        find_installed_game(host)
            .and_then([&](const InstalledGame& game) { return request_for(update, game.is_there); })
            .and_then([&](const JobRequest& request) {
                return ask_for_job(JobKind::steam, update.id, request);
            });
    // Of one that has its place it is not known yet what becomes of it.
    if (asked || is_job_taken(host, update.id).value_or(true))
        return std::nullopt;
    return JobEnd{.status = static_cast<int>(asked.error().status), .error = asked.error().message};
}

} // namespace

void UpdateQueue::look()
{
    if (!ticking_)
        ticking_ = server_.every(between_looks, [this] { go_on(); });
    go_on();
}

void UpdateQueue::go_on()
{
    if (working_)
        return;
    GameUpdates updates(database_);
    const auto update = updates.last();
    if (!update)
        return; // the next time
    if (!*update || (*update)->ended)
        return ticking_.reset();
    const bool begins = !(*update)->begun;
    // Written down before: whatever happens to this program meanwhile, it is not begun twice.
    if (begins && !updates.begin(**update, now_()))
        return;
    working_ = true;
    server_.run(
        [this, alive = alive_, host = host_, begins, update = **update]() -> std::function<void()> {
            const auto how = begins ? begin(host, update)
                                    : end_of_job(host, JobKind::steam, update.id).value_or(std::nullopt);
            return [this, alive, update, how] {
                if (!*alive)
                    return;
                working_ = false;
                if (how)
                    end(update, *how);
            };
        });
}

void UpdateQueue::end(const GameUpdate& update, const JobEnd& how)
{
    if (!GameUpdates(database_).end(update, how, now_()))
        return; // it is found again
    log_line(formatted("job {}, the game's update for {}: {}", update.id.str(), update.user,
                       how.status == 0 ? "done" : "failed: " + how.error));
}

} // namespace left4me::web
