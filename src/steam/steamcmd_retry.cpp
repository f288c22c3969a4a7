#include "steam/steamcmd_retry.hpp"

#include "steam/installation_copy.hpp"
#include "system/format.hpp"
#include "system/free_space.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <poll.h>
#include <utility>

namespace left4me {
namespace {

Error explain(const SteamFailure& failure, const SteamAccount& account)
{
    const auto words = quote(failure.line);
    switch (failure.trouble) {
    case SteamTrouble::transient:
        return {ExitStatus::io, formatted("steamcmd did not get through: {}", words)};
    case SteamTrouble::no_license:
        return {ExitStatus::not_permitted,
                account.is_anonymous()
                    ? formatted("Steam gives this game's server to nobody without an account: name "
                                "one that owns Left 4 Dead 2 with --user NAME ({})",
                                words)
                    : formatted("Steam account {} may not have app 222860: does it own "
                                "Left 4 Dead 2? ({})",
                                quote(account.str()), words)};
    case SteamTrouble::wrong_password:
        return {ExitStatus::not_permitted,
                formatted("Steam refused the login of {}: {}", quote(account.str()), words)};
    case SteamTrouble::wrong_code:
        return {ExitStatus::not_permitted, formatted("Steam refused the Steam Guard code: {}", words)};
    case SteamTrouble::rate_limit:
        return {ExitStatus::busy, formatted("Steam takes no logins from here for now: wait half an "
                                            "hour, each try makes it longer ({})",
                                            words)};
    case SteamTrouble::no_room:
        return {ExitStatus::io, formatted("no room on the disk: steamcmd says {}", words)};
    case SteamTrouble::unknown:
        return {ExitStatus::internal, formatted("steamcmd failed: {}", words)};
    }
    std::unreachable();
}

/// The first phase that says how much is to come: is there room for it?
class RoomWatch {
public:
    explicit RoomWatch(const Directory& next) : next_(next) {}

    Result<void> look_at(const SteamProgress& progress)
    {
        const bool fetches = progress.phase == "preallocating" || progress.phase == "downloading";
        if (looked_ || !fetches || progress.total == 0)
            return {};
        looked_ = true;
        // An earlier run has room already for what it was to fetch.
        const auto there =
            next_.subdirectory("steamapps/downloading").transform(size_of_files).value_or(0);
        const auto needed = progress.total - progress.done;
        return require_room(next_, needed - std::min(needed, there), "what Steam has to give");
    }

private:
    const Directory& next_;
    bool looked_ = false;
};

Result<std::optional<SteamFailure>> fetch_once(const SteamcmdOrder& order, const Directory& next,
                                               SteamcmdAnswers& answers, Report& report)
{
    RoomWatch room(next);
    const SteamcmdDialogue dialogue{
        .answer = [&](SteamPrompt prompt, int attempt) { return answers.answer(prompt, attempt); },
        .progress =
            [&](const SteamProgress& progress) {
                report.progress(progress.phase, progress.done, progress.total);
                return room.look_at(progress);
            },
        .report = report,
    };
    return run_steamcmd(order, dialogue);
}

Result<void> wait(std::chrono::seconds time)
{
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
        constexpr int tick_ms = 100;
        poll(nullptr, 0, tick_ms);
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
    }
    return {};
}

} // namespace

Result<void> fetch_game(const SteamcmdOrder& order, const Directory& next, const AskSecret& ask,
                        Report& report)
{
    constexpr std::array<std::chrono::seconds, 4> waits = {
        std::chrono::seconds(2), std::chrono::seconds(6), std::chrono::seconds(20),
        std::chrono::seconds(60)};
    SteamcmdAnswers answers(order.account, ask);
    for (std::size_t attempt = 0;; ++attempt) {
        report.step(formatted("running steamcmd as Steam user {}", order.account.str()));
        const auto failure = fetch_once(order, next, answers, report);
        if (!failure)
            return std::unexpected(failure.error());
        if (!*failure)
            return {};
        constexpr std::uint64_t hardly_any = 1024 * 1024;
        if (const auto free = free_bytes(next); free && *free < hardly_any)
            return std::unexpected(explain({SteamTrouble::no_room, (*failure)->line}, order.account));
        if ((*failure)->trouble != SteamTrouble::transient || attempt == waits.size())
            return std::unexpected(explain(**failure, order.account));
        report.step(formatted("{}; trying again in {} seconds", quote((*failure)->line),
                              waits.at(attempt).count()));
        if (auto waited = wait(waits.at(attempt)); !waited)
            return waited;
    }
}

} // namespace left4me
