#include "steam/game_fetch.hpp"

#include "steam/fetch_plan.hpp"
#include "steam/installation_copy.hpp"
#include "steam/installation_versions.hpp"
#include "steam/steam_failure.hpp"
#include "steam/steamcmd.hpp"
#include "steam/windows_files.hpp"
#include "system/format.hpp"
#include "system/free_space.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace left4me {
namespace {

/// In a tree that has, or may have, files for Windows: from before they are fetched until
/// they are removed.
const std::string windows_mark = ".left4me-windows";

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

Result<void> wait(std::chrono::seconds time)
{
    const std::chrono::milliseconds timeout = time;
    (void)poll_or_interruption({}, static_cast<int>(timeout.count()));
    return check_interruption();
}

/// No room for one more tree: what may free some?
Error with_who_holds_room(const Host& host, Error error)
{
    const auto users = users_of_older_installations(host);
    if (error.status == ExitStatus::io && users && !users->empty())
        error.message +=
            formatted("; a restart of all servers of an older build frees its room: {}", *users);
    return error;
}

/// Carries out what the plan says.
class GameFetch {
public:
    GameFetch(const InstallationTrees& trees, bool installed, const FetchOrder& order,
              const AskSecret& ask, Report& report)
        : trees_(trees), installed_(installed), order_(order), report_(report),
          answers_(order.account, ask), plan_(order.account.is_anonymous()), validate_(order.validate)
    {
    }

    Result<void> make_ready()
    {
        auto made = order_.fresh ? make_anew() : prepare_next(trees_, installed_, report_);
        return made
            .transform_error(
                [&](Error error) { return with_who_holds_room(trees_.host, std::move(error)); })
            .and_then([&] { return order_.new_login ? log_in_anew() : Result<void>{}; });
    }

    Result<void> fetch()
    {
        auto step = FetchStep{FetchAct::run};
        while (true) {
            auto end = run(step.platform);
            if (!end)
                return std::unexpected(end.error());
            if (end->failure)
                end->failure = measured(*std::move(end->failure), free());
            step = plan_.after(end->failure, build_of(trees_.next));
            switch (step.act) {
            case FetchAct::finish:
                return finish();
            case FetchAct::give_up:
                return give_up(*end);
            case FetchAct::mixed:
                return fail(ExitStatus::io,
                            "Valve publishes builds faster than they can be fetched: the "
                            "files for Windows and those for Linux are of two builds");
            case FetchAct::run:
            case FetchAct::make_anew:
            case FetchAct::log_in_anew:
                break;
            }
            if (auto ready = make_ready_for(step, *end); !ready)
                return ready;
        }
    }

private:
    Result<SteamcmdEnd> run(SteamPlatform platform)
    {
        const bool windows = platform == SteamPlatform::of_windows;
        report_.step(plan_.two_passes()
                         ? formatted("running steamcmd as Steam user {}, for {} files",
                                     order_.account.str(), windows ? "Windows'" : "Linux'")
                         : formatted("running steamcmd as Steam user {}", order_.account.str()));
        if (windows)
            if (auto marked = trees_.next.replace_file(windows_mark, "", 0644); !marked)
                return std::unexpected(marked.error());
        // One release of steamcmd took the lack of it for a fault of the disk
        // (ValveSoftware/steam-for-linux#7843).
        if (auto made = trees_.next.make_subdirectory("steamapps", 0755); !made)
            return std::unexpected(made.error());
        RoomWatch room(trees_.next);
        const SteamcmdDialogue dialogue{
            .answer = [&](SteamPrompt prompt, int attempt) { return answers_.answer(prompt, attempt); },
            .progress =
                [&](const SteamProgress& progress) {
                    report_.progress(progress.phase, progress.done, progress.total);
                    return room.look_at(progress);
                },
            .report = report_,
        };
        // In two passes every file is checked, as all do who fetch it so.
        return run_steamcmd(
            trees_.host,
            {order_.program, {platform, order_.account, validate_ || plan_.two_passes()}, order_.place},
            dialogue);
    }

    Result<void> make_ready_for(const FetchStep& step, const SteamcmdEnd& end)
    {
        if (step.act == FetchAct::log_in_anew)
            return log_in_anew().transform_error([&](Error error) {
                return error.status == ExitStatus::not_permitted ? explained(*end.failure, end.logs)
                                                                 : error;
            });
        if (step.act == FetchAct::make_anew) {
            report_.step(formatted("{}, twice", quote(end.failure->line)));
            return make_anew();
        }
        if (end.failure && end.failure->trouble == SteamTrouble::withheld)
            report_.step(
                "Steam gives Linux' files to accounts alone: fetching them by way of Windows', in "
                "two passes");
        if (!end.failure && step.platform == SteamPlatform::of_windows)
            report_.step("Valve published a build between the two passes: making both again");
        if (step.pause == std::chrono::seconds(0))
            return {};
        report_.step(
            formatted("{}; trying again in {} seconds", quote(end.failure->line), step.pause.count()));
        return wait(step.pause);
    }

    Result<void> make_anew()
    {
        validate_ = true; // its files are not steamcmd's own
        return make_next_anew(trees_, installed_, report_);
    }

    /// Nothing is forgotten before somebody has typed another password.
    Result<void> log_in_anew()
    {
        return answers_.ask_password().and_then(
            [&] { return forget_login(trees_.host.steamcmd_home()); });
    }

    Result<void> finish()
    {
        return remove_windows_files_of_passes()
            .and_then([&] { return drop_set_aside(trees_.next); })
            .transform([&] {
                report_.step(plan_.two_passes()
                                 ? std::string("fetched without an account, by way of Windows' files")
                                 : formatted("fetched as Steam user {}", order_.account.str()));
            });
    }

    Result<void> remove_windows_files_of_passes()
    {
        const auto marked = trees_.next.contains(windows_mark);
        if (!marked)
            return std::unexpected(marked.error());
        if (!*marked)
            return {};
        return remove_windows_files(trees_.next).and_then([&](std::uint64_t count) {
            report_.step(formatted("removed {} programs and libraries of Windows'", count));
            return trees_.next.remove_file(windows_mark);
        });
    }

    std::unexpected<Error> give_up(const SteamcmdEnd& end)
    {
        if (end.failure->trouble == SteamTrouble::unknown)
            for (const auto& line : end.last_lines)
                report_.line(line);
        return std::unexpected(explained(*end.failure, end.logs));
    }

    [[nodiscard]] Error explained(const SteamFailure& failure, const std::string& logs) const
    {
        SteamFailureFacts facts = {
            order_.account, trees_.next.path(), trees_.host.steamcmd_home(), free(), "", logs};
        if (failure.trouble == SteamTrouble::not_written ||
            failure.trouble == SteamTrouble::not_accessible)
            facts.foreign = foreign_entry();
        return explain(failure, facts);
    }

    [[nodiscard]] std::string foreign_entry() const
    {
        if (auto found = find_foreign(trees_.next); !found.empty())
            return found;
        const auto home = Directory::open(trees_.host.steamcmd_home());
        return home ? find_foreign(*home) : home.error().message;
    }

    /// Where it cannot be asked for, nothing is blamed on it.
    [[nodiscard]] std::uint64_t free() const
    {
        return free_bytes(trees_.next).value_or(std::numeric_limits<std::uint64_t>::max());
    }

    const InstallationTrees& trees_;
    bool installed_;
    const FetchOrder& order_;
    Report& report_;
    SteamcmdAnswers answers_;
    FetchPlan plan_;
    bool validate_;
};

} // namespace

Result<void> fetch_game(const InstallationTrees& trees, bool installed, const FetchOrder& order,
                        const AskSecret& ask, Report& report)
{
    GameFetch game(trees, installed, order, ask, report);
    return game.make_ready().and_then([&] { return game.fetch(); });
}

} // namespace left4me
