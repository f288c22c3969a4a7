#include "watch/watch_loop.hpp"

#include "host/helper_call.hpp"
#include "host/server_state.hpp"
#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "host/waiting_restart.hpp"
#include "host/watched_server.hpp"
#include "system/format.hpp"
#include "system/service_log.hpp"
#include "watch/game_door.hpp"
#include "watch/host_trouble.hpp"
#include "watch/look_lease.hpp"
#include "watch/server_ends.hpp"
#include "watch/server_history.hpp"
#include "watch/server_signals.hpp"
#include "watch/waiting_decision.hpp"
#include "watch/watched_game.hpp"

#include <algorithm>
#include <csignal>
#include <map>
#include <sys/inotify.h>
#include <sys/statvfs.h>
#include <systemd/sd-daemon.h>

namespace left4me {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr seconds sample_pause{60};

struct EndEventLoop {
    void operator()(sd_event* event) const noexcept { sd_event_unref(event); }
};
using EventLoop = std::unique_ptr<sd_event, EndEventLoop>;

class Watch {
public:
    static Result<std::unique_ptr<Watch>> open(const Host& host);
    Result<void> run();

private:
    /// A server of which systemd has a running process.
    struct Watched {
        std::unique_ptr<WatchedGame> game;
        GamePort port;
        microseconds cpu{};
        std::chrono::nanoseconds sampled{};
    };

    Watch(const Host& host, Directory answers, Systemd systemd);

    Result<void> begin();
    Result<void> look_at_all();
    void look_at(const InstanceName& name);
    void follow(const InstanceName& name, std::uint32_t main_pid);
    void forget(const InstanceName& name);

    void tell(const InstanceName& name, const AnswerRecord& record);
    void look_at_disk();
    void look_at_waiting();
    Result<void> decide(const Directory& waiting, const InstanceName& name);
    void send_event(EventKind kind, const InstanceName& name);
    void restart_hung(const InstanceName& name, seconds silence);
    void sample_all();
    Result<void> sample(const InstanceName& name, Watched& watched) const;
    void tell_of_history(const Result<void>& result);
    void tell_systemd() const;

    static int on_sample(sd_event_source* source, std::uint64_t time, void* self);
    static int on_look(sd_event_source* source, const inotify_event* event, void* self);

    const Host& host_;
    Directory answers_;
    Systemd systemd_;
    WatchTasks tasks_;
    EventLoop event_;
    EventSource sample_timer_;
    EventSource lease_;
    std::unique_ptr<GameDoor> door_;
    std::unique_ptr<ServerSignals> signals_;
    std::map<InstanceName, Watched> servers_;
    ServerEnds ends_;
    EventPace pace_;
    bool disk_is_low_ = false;
    bool history_fails_ = false;
};

Watch::Watch(const Host& host, Directory answers, Systemd systemd)
    : host_(host), answers_(std::move(answers)), systemd_(std::move(systemd))
{
    tasks_ = {
        .is_wanted = [this] { return is_wanted(answers_, std::chrono::system_clock::now()); },
        .look_around =
            [] {
                return WatchTasks::Surroundings{.host_is_starved = read_pressure_of_games().is_starved(),
                                                .dropped_packets = read_dropped()};
            },
        .tell = [this](const InstanceName& name, const AnswerRecord& record) { tell(name, record); },
        .hung = [this](const InstanceName& name, seconds silence) { restart_hung(name, silence); },
    };
}

Result<std::unique_ptr<Watch>> Watch::open(const Host& host)
{
    auto answers = open_answers(host);
    if (!answers)
        return std::unexpected(answers.error());
    auto systemd = Systemd::connect();
    if (!systemd)
        return std::unexpected(systemd.error());
    std::unique_ptr<Watch> watch(new Watch(host, std::move(*answers), std::move(*systemd)));
    return watch->begin().transform([&] { return std::move(watch); });
}

Result<void> Watch::begin()
{
    sd_event* event = nullptr;
    int result = sd_event_default(&event);
    event_.reset(event);
    for (const int signal : {SIGTERM, SIGINT})
        if (result >= 0)
            result =
                sd_event_add_signal(event, nullptr, signal | SD_EVENT_SIGNAL_PROCMASK, nullptr, nullptr);
    if (result >= 0)
        result = sd_event_set_watchdog(event, 1);
    sd_event_source* source = nullptr;
    if (result >= 0)
        result = sd_event_add_time_relative(event, &source, CLOCK_BOOTTIME,
                                            microseconds(sample_pause).count(), 0, on_sample, this);
    sample_timer_.reset(source);
    if (result < 0)
        return fail_errno("cannot make an event loop", -result);
    return make_lease(answers_)
        .and_then([&]() -> Result<void> {
            const auto path = formatted("{}/{}", answers_.path(), lease_file);
            sd_event_source* lease = nullptr;
            const int added =
                sd_event_add_inotify(event_.get(), &lease, path.c_str(), IN_ATTRIB, on_look, this);
            lease_.reset(lease);
            return added < 0 ? fail_errno("cannot watch " + path, -added) : Result<void>();
        })
        .and_then([&] {
            return GameDoor::begin(event_.get(), answers_, [this](const InstanceName& name) {
                const auto found = servers_.find(name);
                return found == servers_.end() ? std::nullopt : std::optional(found->second.port);
            });
        })
        // First the signals: what changes while all are looked at is looked at again.
        .and_then([&](std::unique_ptr<GameDoor> door) {
            door_ = std::move(door);
            return ServerSignals::begin(event_.get(),
                                        [this](const InstanceName& name) { look_at(name); });
        })
        .and_then([&](std::unique_ptr<ServerSignals> signals) {
            signals_ = std::move(signals);
            return look_at_all();
        });
}

Result<void> Watch::run()
{
    sd_notify(0, "READY=1");
    tell_systemd();
    const int result = sd_event_loop(event_.get());
    sd_notify(0, "STOPPING=1");
    return result < 0 ? fail(ExitStatus::unavailable, "lost systemd's bus") : Result<void>();
}

// --- which servers run ---------------------------------------------------------------------

Result<void> Watch::look_at_all()
{
    return loaded_servers(systemd_).transform([&](const std::vector<InstanceName>& loaded) {
        std::vector<InstanceName> known;
        for (const auto& [name, watched] : servers_)
            known.push_back(name);
        for (const auto& name : known)
            if (!std::ranges::contains(loaded, name)) {
                forget(name);
                ends_.forget(name);
            }
        // What is known to run is told of by signals; to ask systemd for each takes long.
        for (const auto& name : loaded)
            if (!servers_.contains(name))
                look_at(name);
    });
}

void Watch::look_at(const InstanceName& name)
{
    const auto unit = systemd_.status(server_unit(name));
    if (!unit) {
        log_line(unit.error().message);
        return forget(name);
    }
    if (const auto event = ends_.look(name, *unit))
        send_event(*event, name);
    if (unit->active_state != "active" || unit->main_pid == 0)
        return forget(name);
    const auto known = servers_.find(name);
    if (known == servers_.end() || known->second.game->record().main_pid != unit->main_pid)
        follow(name, unit->main_pid);
}

void Watch::follow(const InstanceName& name, std::uint32_t main_pid)
{
    auto watched = read_watched_server(host_, name).and_then([&](const WatchedServer& server) {
        return WatchedGame::begin(event_.get(), name, main_pid, server, tasks_)
            .transform([&](auto game) { return Watched{std::move(game), server.port, {}, {}}; });
    });
    if (!watched) {
        forget(name);
        // One that an older release mounted has no copy: it is watched from its next start on.
        if (watched.error().status != ExitStatus::not_found)
            log_line(formatted("cannot watch {}: {}", name.str(), watched.error().message));
        return;
    }
    servers_.insert_or_assign(name, std::move(*watched));
    tell_systemd();
}

void Watch::forget(const InstanceName& name)
{
    if (servers_.erase(name) > 0)
        tell_systemd();
    (void)answers_.remove_file(answer_record_name(name));
}

// --- what is told --------------------------------------------------------------------------

void Watch::tell(const InstanceName& name, const AnswerRecord& record)
{
    const auto told =
        answers_.replace_file(answer_record_name(name), format_answer_record(record), 0644);
    if (!told)
        log_line(formatted("cannot tell of {}: {}", name.str(), told.error().message));
}

void Watch::tell_systemd() const
{
    sd_notifyf(0, "STATUS=Watches %zu servers", servers_.size());
}

void Watch::restart_hung(const InstanceName& name, seconds silence)
{
    log_line(formatted("server {} has not answered for {} s: it is to be restarted", name.str(),
                       silence.count()));
    if (const auto asked = call_helper("left4me-systemctl", {"restart-hung", name.str()}); !asked)
        log_line(formatted("cannot have {} restarted: {}", name.str(), asked.error().message));
}

void Watch::send_event(EventKind kind, const InstanceName& name)
{
    if (!pace_.may_tell(kind, name, boot_time()))
        return;
    const auto sent =
        call_helper("left4me-systemctl", {"event", std::string(event_word(kind)), name.str()});
    if (!sent)
        log_line(
            formatted("cannot tell of {}: {} {}", event_word(kind), name.str(), sent.error().message));
}

/// Restarts that wait until nobody plays.
void Watch::look_at_waiting()
{
    const auto waiting = open_waiting(host_);
    const auto names = waiting.and_then(waiting_servers);
    if (!names)
        return;
    for (const auto& name : *names)
        if (const auto decided = decide(*waiting, name); !decided)
            log_line(formatted("the restart of {} that waits: {}", name.str(), decided.error().message));
}

Result<void> Watch::decide(const Directory& waiting, const InstanceName& name)
{
    const auto restart = read_waiting_restart(waiting, name);
    if (!restart)
        return std::unexpected(restart.error());
    const auto mounted = mount_time_of(host_, name);
    const auto watched = servers_.find(name);
    WaitingFacts facts = {.now = std::chrono::floor<seconds>(std::chrono::system_clock::now()),
                          .mounted = {},
                          .empty = {}};
    if (mounted)
        facts.mounted = *mounted;
    if (watched != servers_.end())
        facts.empty = watched->second.game->empty_for();
    switch (decide_waiting(*restart, facts)) {
    case WaitingDecision::wait:
        return {};
    case WaitingDecision::done:
        return drop_waiting_restart(waiting, name).transform([](bool) {});
    case WaitingDecision::restart_now:
        return call_helper("left4me-systemctl", {"restart-empty", name.str()});
    }
    return {};
}

/// The histories lie in the state's file system.
void Watch::look_at_disk()
{
    const auto histories = open_histories(host_);
    struct statvfs room = {};
    if (!histories || fstatvfs(histories->descriptor(), &room) != 0)
        return;
    const bool is_low = is_disk_low(room.f_bavail, room.f_blocks, disk_is_low_);
    if (is_low && !disk_is_low_)
        send_event(EventKind::disk_low, host_of_events());
    disk_is_low_ = is_low;
}

// --- histories -----------------------------------------------------------------------------

void Watch::sample_all()
{
    Result<void> result;
    for (auto& [name, watched] : servers_)
        if (auto sampled = sample(name, watched); !sampled)
            result = std::move(sampled);
    tell_of_history(result);
}

Result<void> Watch::sample(const InstanceName& name, Watched& watched) const
{
    const auto usage = read_usage(server_unit(name));
    const auto now = boot_time();
    const auto cpu = usage.cpu.value_or(microseconds::zero());
    HistorySample sample;
    sample.time = std::chrono::floor<seconds>(std::chrono::system_clock::now());
    // Of less than a run's first minute there is no figure of a minute.
    if (watched.sampled > std::chrono::nanoseconds::zero() && cpu > watched.cpu)
        sample.cpu = static_cast<std::uint32_t>((cpu - watched.cpu) * 1000 / (now - watched.sampled));
    watched.cpu = cpu;
    watched.sampled = now;
    sample.memory = usage.memory.value_or(0);
    const auto& record = watched.game->record();
    if (record.info && record.state == AnswerState::answers) {
        constexpr unsigned most = UINT16_MAX;
        sample.players = static_cast<std::uint16_t>(std::min(record.info->players, most));
        sample.max_players = static_cast<std::uint16_t>(std::min(record.info->max_players, most));
        sample.map = record.info->map;
    }
    return open_histories(host_).and_then([&](const Directory& histories) {
        return ServerHistory::open(histories, name).and_then([&](ServerHistory history) {
            if (history.was_damaged())
                log_line(
                    formatted("the history of {} was damaged: it lies in {}/{}.damaged, and a new one "
                              "is begun",
                              name.str(), histories.path(), name.str()));
            return history.add(sample);
        });
    });
}

/// Once, and not each minute while a disk is full.
void Watch::tell_of_history(const Result<void>& result)
{
    if (!result && !history_fails_)
        log_line(formatted("histories of servers have gaps from here on: {}", result.error().message));
    if (result && history_fails_)
        log_line("histories of servers are written again");
    history_fails_ = !result;
}

int Watch::on_sample(sd_event_source* source, std::uint64_t /*time*/, void* self)
{
    auto& watch = *static_cast<Watch*>(self);
    sd_event_source_set_time_relative(source, microseconds(sample_pause).count());
    sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
    if (const auto looked = watch.look_at_all(); !looked)
        log_line(looked.error().message);
    watch.sample_all();
    watch.look_at_disk();
    watch.look_at_waiting();
    return 0;
}

int Watch::on_look(sd_event_source* /*source*/, const inotify_event* /*event*/, void* self)
{
    auto& watch = *static_cast<Watch*>(self);
    for (const auto& [name, watched] : watch.servers_)
        watched.game->look_soon();
    watch.look_at_waiting();
    return 0;
}

} // namespace

Result<void> watch_servers(const Host& host)
{
    return Watch::open(host).and_then([](const std::unique_ptr<Watch>& watch) { return watch->run(); });
}

} // namespace left4me
