#include "verbs/play_test.hpp"

#include "doctor/play_findings.hpp"
#include "doctor/redacted_log.hpp"
#include "doctor/unit_findings.hpp"
#include "game/cvar_list.hpp"
#include "game/query_conversation.hpp"
#include "host/instance_store.hpp"
#include "host/unit_names.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "verbs/console_verbs.hpp"
#include "verbs/play_log.hpp"
#include "verbs/readiness.hpp"
#include "verbs/server_verbs.hpp"

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace left4me {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

milliseconds since(Clock::time_point begin)
{
    return std::chrono::floor<milliseconds>(Clock::now() - begin);
}

/// Of what nobody could look at, for there was no answer.
std::unexpected<Error> no_game()
{
    return fail(ExitStatus::unavailable, "the game does not answer");
}

/// What a game does not do is its failure, however it showed.
Error fault_of_game(Error error)
{
    if (error.status != ExitStatus::cancelled)
        error.status = ExitStatus::game_failed;
    return error;
}

/// Tells that the game loads, and keeps what becomes of it.
class FirstAnswer final : public ReadinessReport {
public:
    explicit FirstAnswer(Report& report) : report_(report) {}

    void loads(const BegunServer& /*server*/, seconds left) override
    {
        report_.step(formatted("waiting until it answers, {} s at most", left.count()));
    }
    void ends(const BegunServer& /*server*/, const Result<ReadyGame>& outcome) override
    {
        outcome_ = outcome;
    }
    [[nodiscard]] const Result<ReadyGame>& outcome() const { return outcome_; }

private:
    Report& report_;
    Result<ReadyGame> outcome_ = no_game();
};

Result<RestFacts> look_at_processes(const InstanceName& name)
{
    const auto processes = Systemd::connect().and_then(
        [&](Systemd systemd) { return systemd.processes(server_unit(name)); });
    if (!processes)
        return std::unexpected(processes.error());
    constexpr std::size_t limit = 64 * 1024;
    RestFacts facts;
    for (const auto process : *processes) {
        const auto path = formatted("/proc/{}/status", process);
        const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
        const auto status = file ? read_stream(file, path, limit) : std::string();
        if (!status || status->empty())
            continue; // it has ended
        const auto memory = status_field(*status, "VmRSS"); // "1234 kB"
        constexpr std::uint64_t unit = 1024;
        facts.memory +=
            parse_number<std::uint64_t>(memory.substr(0, memory.find(' '))).value_or(0) * unit;
        facts.threads += parse_number<std::size_t>(status_field(*status, "Threads")).value_or(0);
        ++facts.processes;
    }
    if (facts.processes == 0)
        return fail(ExitStatus::game_failed, "it has no process any more");
    return facts;
}

class Play {
public:
    Play(const Host& host, const PlayServer& server, seconds patience, Report& report, PlayLog log)
        : host_(host), server_(server), patience_(patience), report_(report), log_(std::move(log)),
          secrets_(server.secrets)
    {
    }

    Result<Played> run()
    {
        const auto answer = begin();
        if (!answer)
            return std::unexpected(answer.error());
        append(played_.findings, judge_answer(*answer));
        auto looked = answer->has_value() ? look_at_game(**answer) : look_at_none();
        if (!looked)
            return std::unexpected(looked.error());
        append(played_.findings, judge_rest(look_at_processes(server_.name)));
        return end();
    }

private:
    /// The inner one: what the game failed by.
    Result<Result<PlayedAnswer>> begin()
    {
        const auto began = Clock::now();
        // Not start(), which has it started at boot, too.
        const auto begun = restart(host_, server_.name, StartEnd::begun, report_);
        if (!begun)
            return std::unexpected(begun.error());
        keep_secret();
        FirstAnswer first(report_);
        wait_until_ready({*begun}, patience_, first);
        if (auto go_on = check_interruption(); !go_on)
            return std::unexpected(go_on.error());
        if (!first.outcome())
            return Result<PlayedAnswer>(std::unexpected(fault_of_game(first.outcome().error())));
        const auto& info = first.outcome()->answer;
        if (!info)
            return Result<PlayedAnswer>(no_game());
        report_.step(describe(*first.outcome(), server_.port));
        return Result<PlayedAnswer>(
            {info->version, info->map, info->app_id, info->is_secure, since(began)});
    }

    /// Its rcon password, once there is one.
    void keep_secret()
    {
        const auto password = InstanceStore::open(host_).and_then(
            [&](const InstanceStore& store) { return store.read_live_rcon_password(server_.name); });
        if (password)
            secrets_.push_back(password->reveal());
    }

    Result<void> look_at_none()
    {
        for (const auto check : {Check::steam, Check::secure})
            played_.findings.push_back(not_checked(check, no_game().error()));
        append(played_.findings, judge_console(no_game()));
        append(played_.findings, judge_cvars(no_game()));
        append(played_.findings, judge_map_change(no_game()));
        append(played_.findings, judge_plugins(no_game()));
        return log_.wait_for([](std::string_view) { return false; }, milliseconds(0));
    }

    Result<void> look_at_game(const PlayedAnswer& answer)
    {
        constexpr seconds until_steam_is_known{30};
        report_.step("asking its console");
        auto console = open_console(host_, server_.name).transform_error(fault_of_game);
        const auto status = ask(console, "status");
        const auto lan = ask(console, "sv_lan");
        const auto cvars = ask(console, "cvarlist").transform([](const std::string& text) {
            return CvarFacts{CvarList(text).names().size(), CvarList::total_in(text)};
        });
        const auto plugins = look_at_plugins(console);
        report_.step("waiting for its words about Steam");
        if (auto waited = log_.wait_for(tells_of_steam, until_steam_is_known); !waited)
            return waited;
        secure_ = answer.is_secure;
        report_.step(formatted("changing the map to {}", next_play_map));
        const auto change = change_map(console);
        if (auto go_on = check_interruption(); !go_on)
            return go_on;
        append(played_.findings,
               judge_steam({log_.text(), lan ? std::optional(*lan) : std::nullopt, secure_}));
        append(played_.findings, judge_console(status));
        append(played_.findings, judge_cvars(cvars));
        append(played_.findings, judge_map_change(change));
        append(played_.findings, judge_plugins(plugins));
        return {};
    }

    static Result<std::string> ask(Result<GameConsole>& console, std::string_view command)
    {
        if (!console)
            return std::unexpected(console.error());
        return console->run(command).transform_error(fault_of_game);
    }

    Result<PluginFacts> look_at_plugins(Result<GameConsole>& console) const
    {
        PluginFacts facts;
        const auto addons = host_.merged_path(server_.name) + "/left4dead2/addons/";
        facts.has_metamod = access((addons + "metamod.vdf").c_str(), F_OK) == 0;
        facts.has_sourcemod = access((addons + "sourcemod").c_str(), F_OK) == 0;
        for (const auto& [command, answer] :
             {std::pair("meta version", &facts.meta_version), std::pair("sm version", &facts.sm_version),
              std::pair("sm plugins list", &facts.sm_plugins)}) {
            auto said = ask(console, command);
            if (!said)
                return std::unexpected(said.error());
            *answer = std::move(*said);
        }
        return facts;
    }

    Result<MapChange> change_map(Result<GameConsole>& console)
    {
        constexpr milliseconds pause(250); // nothing tells that a map has been changed
        const auto began = Clock::now();
        auto heard = began;
        MapChange change = {.to = std::string(next_play_map)};
        // Whether it answers before it is done, and whether it keeps the connection, nobody knows.
        (void)ask(console, formatted("changelevel {}", next_play_map));
        if (!console)
            return std::unexpected(console.error());
        std::string trouble = "it does not answer any more";
        while (since(began) < patience_) {
            const auto answer = ask_server(server_.port, Query::info, seconds(1));
            if (auto go_on = check_interruption(); !go_on)
                return std::unexpected(go_on.error());
            change.silent = std::max(change.silent, since(heard));
            const auto* info = answer ? std::get_if<ServerInfo>(&*answer) : nullptr;
            if (info == nullptr)
                continue;
            heard = Clock::now();
            secure_ = info->is_secure;
            if (info->map == next_play_map) {
                change.took = since(began);
                return change;
            }
            trouble = formatted("it plays {}", info->map);
            (void)poll_or_interruption({}, static_cast<int>(pause.count()));
        }
        return fail(ExitStatus::game_failed, formatted("{} s after changelevel {} {}", patience_.count(),
                                                       next_play_map, trouble));
    }

    Result<Played> end()
    {
        constexpr milliseconds last_words{500};
        const auto began = Clock::now();
        auto stopped = stop(host_, server_.name, report_).transform([&] { return since(began); });
        if (auto go_on = check_interruption(); !go_on)
            return std::unexpected(go_on.error());
        append(played_.findings, judge_stop(stopped.transform_error(fault_of_game)));
        if (auto waited = log_.wait_for([](std::string_view) { return false; }, last_words); !waited)
            return std::unexpected(waited.error());
        played_.log = redacted_log(log_.text(), secrets_);
        return std::move(played_);
    }

    const Host& host_;
    const PlayServer& server_;
    seconds patience_;
    Report& report_;
    PlayLog log_;
    std::vector<std::string> secrets_;
    bool secure_ = false;
    Played played_;
};

} // namespace

Result<Played> play(const Host& host, const PlayServer& server, seconds patience, Report& report)
{
    return PlayLog::follow(server.name).and_then([&](PlayLog log) {
        return Play(host, server, patience, report, std::move(log)).run();
    });
}

} // namespace left4me
