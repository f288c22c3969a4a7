#include "verbs/server_verbs.hpp"

#include "host/bound_ports.hpp"
#include "host/helper_call.hpp"
#include "host/host_lock.hpp"
#include "host/host_settings.hpp"
#include "host/instance_store.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/server_state.hpp"
#include "host/stack_checks.hpp"
#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "host/waiting_restart.hpp"
#include "layer/layer_store.hpp"
#include "model/instance_spec.hpp"
#include "steam/installation_versions.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/key_value_lines.hpp"
#include "system/mount_point.hpp"
#include "verbs/server_plan.hpp"
#include "verbs/server_session.hpp"
#include "verbs/start_watch.hpp"
#include "watch/server_history.hpp"

namespace left4me {
namespace {

Result<void> call_systemctl(std::string_view verb, const InstanceName& name)
{
    return call_helper("left4me-systemctl", {std::string(verb), name.str()});
}

Result<void> check_port(std::string_view file, const InstanceSpec& spec, const InstanceName& name,
                        const InstanceStore& store)
{
    const auto settings = store.host().settings();
    if (!settings)
        return std::unexpected(settings.error());
    const auto& ports = settings->ports;
    if (!ports.contains(spec.port))
        return fail_at_line(file, spec.port_line,
                            formatted("key 'port': {} is outside this host's ports {}–{} "
                                      "(LEFT4ME_PORT_RANGE_* in /etc/left4me/host.env)",
                                      spec.port.number(), ports.first.number(), ports.last.number()));
    return store.owner_of(spec.port, name).and_then([&](const auto& owner) -> Result<void> {
        if (!owner)
            return {};
        return fail_at_line(file, spec.port_line,
                            formatted("key 'port': {} is the port of server {}", spec.port.number(),
                                      quote(owner->str())));
    });
}

/// A verb of the helper's by which the layers that the server ran on are unmounted, so that it
/// keeps no older versions of them, nor of the game, any more.
Result<void> call_and_release(const Host& host, std::string_view verb, const InstanceName& name,
                              Report& report)
{
    const auto record = read_mount_record(host, name);
    auto done = call_systemctl(verb, name);
    const auto layers = record.and_then([&](const MountRecord&) { return LayerStore::open(host); });
    if (!done)
        return done;
    if (layers)
        for (const auto& layer : record->layers)
            if (const auto ref = LayerRef::parse(layer.ref))
                layers->prune(*ref);
    release_installations(host, formatted("stop or restart {}", name.str()), report);
    return {};
}

/// Neither of the server's units runs, so its layers may be written anew.
Result<bool> is_down(const InstanceName& name)
{
    return Systemd::connect().and_then([&](Systemd systemd) { return left4me::is_down(systemd, name); });
}

/// One that has died may wait for its next start.
Result<bool> runs(Systemd& systemd, const InstanceName& name)
{
    return systemd.status(server_unit(name)).transform(has_game);
}

Result<StartPlan> find_start_plan(const Host& host, Systemd& systemd, const InstanceName& name)
{
    const auto server = systemd.status(server_unit(name));
    if (!server)
        return std::unexpected(server.error());
    const auto down = left4me::is_down(systemd, name);
    if (!down)
        return std::unexpected(down.error());
    const auto merged = host.merged_path(name);
    return is_mount_point(merged).and_then([&](bool mounted) {
        return plan_start(name, merged,
                          {.down = *down, .mounted = mounted, .has_game = has_game(*server)});
    });
}

/// The journal's messages of a server, with times as the host has them.
Result<void> print_log(const std::vector<std::string>& words, TimeZone zone)
{
    OutputChange change;
    if (zone == TimeZone::of_host)
        change = [times = LocalLogTimes()](std::string_view part) mutable { return times.pass(part); };
    return call_helper("left4me-journalctl", words, std::move(change));
}

/// Of a game that ended at once they are shown before the error is told.
auto with_last_lines(const InstanceName& name, Report& report)
{
    return [&](Error error) {
        if (error.status == ExitStatus::game_failed) {
            report.step("its last lines:");
            (void)print_log({name.str(), "--lines", "10", "--no-follow"}, TimeZone::of_host);
        }
        return error;
    };
}

/// Of a server that runs: what a wait for it has to know. It had that many restarts before; none
/// are those that systemd tells now.
Result<BegunServer> begun_server(Systemd& systemd, const InstanceName& name,
                                 const InstanceConfig& config, std::optional<std::uint32_t> restarts)
{
    return systemd.status(server_unit(name)).transform([&](const UnitStatus& now) {
        return BegunServer{name, config.port, config.watch.query, restarts.value_or(now.restarts),
                           now.begun};
    });
}

/// Its game was told to start.
Result<BegunServer> end_start(Systemd& systemd, const InstanceName& name, const InstanceConfig& config,
                              StartEnd end)
{
    const auto seen =
        end == StartEnd::seen ? require_still_there(systemd, name, config.port) : Result<void>();
    return seen.and_then([&] { return begun_server(systemd, name, config, 0); });
}

/// It is enabled, and left alone. What it runs on is live.
Result<BegunServer> adopt_running(const InstanceStore& store, Systemd& systemd, const InstanceName& name)
{
    return check_interruption()
        .and_then([&] { return call_systemctl("enable", name); })
        .and_then([&] { return store.read_live_config(name); })
        .and_then([&](const InstanceConfig& config) {
            return begun_server(systemd, name, config, std::nullopt);
        });
}

/// The game itself would take another port without a word, or end.
Result<void> require_free(GamePort port)
{
    return is_bound(port).and_then([&](bool bound) -> Result<void> {
        if (!bound)
            return {};
        return fail(
            ExitStatus::game_failed,
            formatted("port {0} is taken by another program of this host: ss -lnptu 'sport = {0}' "
                      "shows which",
                      port.number()));
    });
}

} // namespace

Result<void> initialize(const Host& host, const InstanceName& name, std::string_view file,
                        std::string_view text, Report& report)
{
    report.step("checking the spec");
    const auto spec = parse_instance_spec(file, text);
    if (!spec)
        return std::unexpected(spec.error());
    const auto session = open_session(host, name, "initialize");
    if (!session)
        return std::unexpected(session.error());
    // Held until the port is written down, so that two servers cannot claim it.
    const auto ports = InstanceLock::take_ports(host);
    if (!ports)
        return std::unexpected(ports.error());
    const auto& store = session->store;
    return check_port(file, *spec, name, store)
        .and_then([&] { return check_layers(store.host(), store.state(), file, *spec); })
        .and_then([&] { return check_hidden(store.state(), file, *spec); })
        .and_then(check_interruption)
        .and_then([&] {
            report.step("writing its configuration");
            return store.write(name, *spec, text);
        });
}

Result<BegunServer> start(const Host& host, const InstanceName& name, StartEnd end, Report& report)
{
    const auto session = open_session(host, name, "start");
    if (!session)
        return std::unexpected(session.error());
    const auto config = session->store.read_config(name);
    if (!config)
        return std::unexpected(config.error());
    auto systemd = Systemd::connect();
    if (!systemd)
        return std::unexpected(systemd.error());
    const auto plan = find_start_plan(host, *systemd, name);
    if (!plan)
        return std::unexpected(plan.error());
    if (*plan == StartPlan::as_it_runs) {
        report.step("it runs already");
        return adopt_running(session->store, *systemd, name);
    }
    Result<void> released;
    if (*plan == StartPlan::from_new_mount) {
        report.step("unmounting what its last game ran on");
        released = call_and_release(host, "disable", name, report);
    }
    return released.and_then([&] { return require_free(config->port); })
        .and_then(check_interruption)
        .and_then([&] { return write_live(session->store, name, report); })
        .and_then(check_interruption)
        .and_then([&] {
            report.step(formatted("starting {}", server_unit(name)));
            return call_systemctl("enable", name);
        })
        .and_then([&] { return end_start(*systemd, name, *config, end); })
        .transform_error(with_last_lines(name, report));
}

Result<BegunServer> restart(const Host& host, const InstanceName& name, StartEnd end, Report& report)
{
    const auto session = open_session(host, name, "restart");
    if (!session)
        return std::unexpected(session.error());
    const auto& store = session->store;
    const auto config = store.read_config(name);
    if (!config)
        return std::unexpected(config.error());
    auto systemd = Systemd::connect();
    const auto running = systemd.and_then([&](Systemd& bus) { return runs(bus, name); });
    if (!running)
        return std::unexpected(running.error());
    auto ready = *running ? Result<void>() : require_free(config->port);
    return ready.and_then([&] { return write_live(store, name, report); })
        .and_then(check_interruption)
        .and_then([&] {
            report.step(formatted("restarting {}", server_unit(name)));
            return call_and_release(host, "restart", name, report);
        })
        .and_then([&] { return store.recover(name); })
        .and_then([&] { return end_start(*systemd, name, *config, end); })
        .transform_error(with_last_lines(name, report));
}

bool has_game(const UnitStatus& server)
{
    return server.active_state == "active" ||
           (server.active_state == "activating" && !server.sub_state.starts_with("auto-restart"));
}

Result<bool> runs(const InstanceName& name)
{
    return Systemd::connect().and_then([&](Systemd systemd) { return runs(systemd, name); });
}

Result<std::vector<InstanceName>> running_servers(const Host& host)
{
    const auto names =
        InstanceStore::open(host).and_then([](const InstanceStore& store) { return store.names(); });
    if (!names)
        return names;
    auto systemd = Systemd::connect();
    if (!systemd)
        return std::unexpected(systemd.error());
    std::vector<InstanceName> running;
    for (const auto& name : *names) {
        const auto now = runs(*systemd, name);
        if (!now)
            return std::unexpected(now.error());
        if (*now)
            running.push_back(name);
    }
    return running;
}

Result<std::string> spec_of(const Host& host, const InstanceName& name)
{
    return InstanceStore::open(host).and_then(
        [&](const InstanceStore& store) { return store.read_spec_text(name); });
}

Result<void> stop(const Host& host, const InstanceName& name, Report& report)
{
    // Whatever is wrong with its files, on a read-only disk too, it must stop.
    const auto session = lock_instance(host, name, "stop");
    if (!session)
        return std::unexpected(session.error());
    const auto there = session->store.exists(name);
    const auto down = is_down(name);
    if (!there || !down)
        return std::unexpected(!there ? there.error() : down.error());
    const auto plan = plan_stop(name, {.initialised = *there, .down = *down});
    if (!plan)
        return std::unexpected(plan.error());
    report.step(*plan == StopPlan::release ? "it is stopped already"
                                           : formatted("stopping {}", server_unit(name)));
    return check_interruption().and_then(
        [&] { return call_and_release(host, "disable", name, report); });
}

Result<bool> remove(const Host& host, const InstanceName& name, std::string_view verb, Report& report)
{
    const auto session = open_session(host, name, verb);
    if (!session)
        return std::unexpected(session.error());
    const auto& store = session->store;
    const auto there = store.exists(name);
    const auto wrote = store.state().contains(runtime_path(name));
    const auto down = is_down(name);
    if (!there || !wrote)
        return std::unexpected(!there ? there.error() : wrote.error());
    if (!down)
        return std::unexpected(down.error());
    const ServerFacts facts = {.initialised = *there, .wrote = *wrote, .down = *down};
    if (plan_removal(facts) == RemovalPlan::nothing)
        return false;
    report.step(formatted("stopping {}", server_unit(name)));
    return call_and_release(host, "disable", name, report)
        .and_then([&] {
            report.step("removing the files that it wrote");
            return call_systemctl("purge", name);
        })
        .and_then([&] {
            report.step("removing its configuration");
            return store.remove(name);
        })
        .and_then([&] { return open_histories(host); })
        .and_then([&](const Directory& histories) { return remove_history(histories, name); })
        .and_then([&] { return open_waiting(host); })
        .and_then([&](const Directory& waiting) { return drop_waiting_restart(waiting, name); })
        .transform([](bool) { return true; });
}

Result<void> show_journal(const Host& host, const InstanceName& name, const LogOrder& order)
{
    // The journal knows no names: a mistyped one would be followed in silence.
    const auto there = InstanceStore::open(host).and_then(
        [&](const InstanceStore& store) { return store.exists(name); });
    if (!there)
        return std::unexpected(there.error());
    if (!*there)
        return fail(ExitStatus::not_found, formatted("there is no server {}", quote(name.str())));
    std::vector<std::string> words = {name.str(), "--lines", formatted("{}", order.lines),
                                      order.follow ? "--follow" : "--no-follow"};
    if (order.since)
        words.insert(words.end(), {"--since", formatted("{}", order.since->time_since_epoch().count())});
    return print_log(words, order.zone);
}

} // namespace left4me
