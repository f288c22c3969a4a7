#include "verbs/readiness.hpp"

#include "game/query_conversation.hpp"
#include "host/server_condition.hpp"
#include "host/unit_names.hpp"
#include "host/unit_watch.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <poll.h>
#include <ranges>
#include <utility>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Nothing tells that a port is bound, so it is looked at: soon at first, for what starts at once,
/// then as often as costs nothing.
constexpr milliseconds first_pause(20);
constexpr milliseconds longest_pause(250);

/// A question may be lost, or come while the game has no time for it.
constexpr milliseconds ask_again(500);

/// From when on it is said that it takes time.
constexpr seconds a_moment(1);

/// One server while it is waited for.
struct Waiting {
    const BegunServer* server;
    bool is_asked;
    std::optional<QueryConversation> conversation = {};
    Clock::time_point due = {}; ///< when to look at it next
    milliseconds pause = first_pause;
    PortHolder holder = PortHolder::nobody;
    std::string trouble = {};
    bool told = false; ///< that it loads
    bool done = false;
};

Error about(const BegunServer& server, ExitStatus status, std::string_view what)
{
    return {status, formatted("{}: {}", server.name.str(), what)};
}

class ReadinessWait {
public:
    ReadinessWait(const std::vector<BegunServer>& servers, seconds patience, ReadinessReport& report)
        : report_(report), patience_(patience), begin_(Clock::now())
    {
        const bool may_ask = may_ask_games();
        for (const auto& server : servers)
            waiting_.push_back(
                {.server = &server, .is_asked = may_ask && server.query != WatchSettings::Query::none});
    }

    void run()
    {
        const auto done = watch();
        if (done)
            return;
        for (auto& one : waiting_)
            settle(one, std::unexpected(done.error().status == ExitStatus::cancelled
                                            ? about(*one.server, ExitStatus::cancelled,
                                                    "it is no longer waited for, and runs on")
                                            : done.error()));
    }

private:
    Result<void> watch()
    {
        std::vector<std::string> units;
        for (const auto& one : waiting_)
            units.push_back(server_unit(one.server->name));
        auto systemd = Systemd::connect();
        if (!systemd)
            return std::unexpected(systemd.error());
        systemd_ = std::move(*systemd);
        auto changes = systemd_->watch(units);
        if (!changes)
            return std::unexpected(changes.error());
        while (std::ranges::any_of(waiting_, [](const Waiting& one) { return !one.done; })) {
            const auto changed = changes->changed();
            if (!changed)
                return std::unexpected(changed.error());
            for (const auto number : *changed)
                look_at_unit(waiting_[number]);
            if (!changed->empty())
                continue; // what has come meanwhile is to be heard before waiting
            for (auto& one : waiting_)
                look_at_time(one);
            wait_for_events(*changes);
            if (interrupted())
                return fail(ExitStatus::cancelled, "cancelled");
        }
        return {};
    }

    /// False once it has ended.
    bool look_at_unit(Waiting& one)
    {
        if (one.done)
            return false;
        const auto now = systemd_->status(server_unit(one.server->name));
        if (!now) {
            settle(one, std::unexpected(now.error()));
            return false;
        }
        const auto since = std::chrono::floor<milliseconds>(Clock::now() - begin_);
        if (auto end = end_of_game(*one.server, *now, since)) {
            settle(one, std::unexpected(std::move(*end)));
            return false;
        }
        return true;
    }

    void look_at_time(Waiting& one)
    {
        const auto now = Clock::now();
        if (one.done)
            return;
        if (now >= begin_ + patience_)
            return settle(one,
                          std::unexpected(never_ready(*one.server, one.holder, patience_, one.trouble)));
        if (!one.told && now >= begin_ + a_moment) {
            one.told = true;
            report_.loads(*one.server, std::chrono::round<seconds>(begin_ + patience_ - now));
        }
        if (now >= one.due)
            look_at_port(one);
    }

    void look_at_port(Waiting& one)
    {
        const auto holder = holder_of(one.server->port);
        if (!holder)
            return settle(one, std::unexpected(holder.error()));
        one.holder = *holder;
        one.due = Clock::now() + one.pause;
        one.pause = std::min(one.pause * 2, longest_pause);
        if (*holder == PortHolder::another)
            return settle(one, std::unexpected(never_ready(*one.server, *holder, patience_, "")));
        if (*holder == PortHolder::nobody)
            return;
        if (!one.is_asked)
            return end_well(one, {});
        ask(one);
    }

    void ask(Waiting& one)
    {
        if (!one.conversation) {
            auto opened = QueryConversation::open(one.server->port, Query::info);
            if (!opened)
                return settle(one, std::unexpected(opened.error()));
            one.conversation = std::move(*opened);
        }
        one.conversation->ask();
        one.due = Clock::now() + ask_again;
    }

    void take_answer(Waiting& one)
    {
        auto answer = one.conversation->take();
        if (!answer) {
            one.trouble = answer.error().message;
            one.conversation.reset(); // what comes next is of a new question
            return;
        }
        if (!*answer)
            return;
        auto& info = std::get<ServerInfo>(**answer);
        one.trouble = trouble_with(info, one.server->port);
        if (one.trouble.empty())
            end_well(one, {std::move(info)});
    }

    /// What was answered counts while the game is the one that was begun.
    void end_well(Waiting& one, ReadyGame game)
    {
        if (look_at_unit(one))
            settle(one, std::move(game));
    }

    void settle(Waiting& one, const Result<ReadyGame>& outcome)
    {
        if (std::exchange(one.done, true))
            return;
        one.conversation.reset();
        report_.ends(*one.server, outcome);
    }

    void wait_for_events(const UnitWatch& changes)
    {
        std::vector<pollfd> watched = {{changes.descriptor(), changes.events(), 0}};
        std::vector<Waiting*> asked;
        auto wake = begin_ + patience_;
        for (auto& one : waiting_) {
            if (one.done)
                continue;
            wake = std::min(wake, one.told ? one.due : std::min(one.due, begin_ + a_moment));
            if (!one.conversation)
                continue;
            watched.push_back({one.conversation->descriptor(), POLLIN, 0});
            asked.push_back(&one);
        }
        if (std::ranges::all_of(waiting_, &Waiting::done))
            return;
        const auto left =
            std::max(std::chrono::ceil<milliseconds>(wake - Clock::now()), milliseconds(0));
        if (poll_or_interruption(watched, static_cast<int>(left.count())) <= 0)
            return;
        for (const auto& [one, event] : std::views::zip(asked, watched | std::views::drop(1)))
            if (event.revents != 0)
                take_answer(*one);
    }

    ReadinessReport& report_;
    seconds patience_;
    Clock::time_point begin_;
    std::vector<Waiting> waiting_;
    std::optional<Systemd> systemd_;
};

} // namespace

std::string describe(const ReadyGame& game, GamePort port)
{
    if (!game.answer)
        return formatted("has its port, {}", port.number());
    return formatted("plays {}, {}/{}", escaped(game.answer->map), game.answer->players,
                     game.answer->max_players);
}

void wait_until_ready(const std::vector<BegunServer>& servers, seconds patience, ReadinessReport& report)
{
    if (servers.empty())
        return;
    ReadinessWait(servers, patience, report).run();
}

std::optional<Error> end_of_game(const BegunServer& server, const UnitStatus& now, milliseconds since)
{
    constexpr seconds at_once(2);
    const auto& state = now.active_state;
    // One that ends by itself has no process any more while its unit is cleared away.
    const bool stops = state == "inactive" || (state == "deactivating" && now.main_pid != 0);
    if (stops || (now.begun != server.begun && state != "failed"))
        return about(server, ExitStatus::busy, "another command stopped or restarted it meanwhile");
    // Its first game has ended, even where the next one runs by now.
    if (now.restarts > server.restarts || state == "failed" || now.sub_state.starts_with("auto-restart"))
        return about(server, ExitStatus::game_failed,
                     formatted("the game ended {}, with {}; it is tried again until l4d2ctl stop {}",
                               since < at_once ? "at once"
                                               : formatted("after {} s, before it was ready",
                                                           std::chrono::floor<seconds>(since).count()),
                               end_of(now), server.name.str()));
    return std::nullopt;
}

std::string trouble_with(const ServerInfo& answer, GamePort port)
{
    if (!answer.port || *answer.port == port.number())
        return "";
    return formatted("what answers there says that it is the server of port {}", *answer.port);
}

Error never_ready(const BegunServer& server, PortHolder holder, seconds patience,
                  const std::string& trouble)
{
    const auto port = server.port.number();
    const auto& name = server.name.str();
    const auto after = formatted("after {} s", patience.count());
    const auto advice =
        formatted("it runs on: l4d2ctl logs {0} shows what it does, l4d2ctl stop {0} ends it", name);
    switch (holder) {
    case PortHolder::another:
        return about(server, ExitStatus::game_failed,
                     formatted("port {0} is another program's, and not its game's: ss -lnptu 'sport = "
                               "{0}' shows whose",
                               port));
    case PortHolder::nobody:
        return about(server, ExitStatus::game_failed,
                     formatted("its game has not opened port {} {}; {}", port, after, advice));
    case PortHolder::own_user:
        if (!trouble.empty())
            return about(server, ExitStatus::game_failed,
                         formatted("its game gives no answer on port {} {} ({}); {}", port, after,
                                   escaped(trouble), advice));
        return about(
            server, ExitStatus::game_failed,
            formatted("its game has port {}, and does not answer {}; {}; a game that answers no "
                      "queries of Valve's needs query: none in its spec",
                      port, after, advice));
    }
    std::unreachable();
}

} // namespace left4me
