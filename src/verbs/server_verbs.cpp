#include "verbs/server_verbs.hpp"

#include "host/helper_call.hpp"
#include "host/host_lock.hpp"
#include "host/host_settings.hpp"
#include "host/instance_store.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/server_state.hpp"
#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "layer/layer_store.hpp"
#include "model/instance_spec.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/key_value_lines.hpp"
#include "system/mount_point.hpp"
#include "verbs/server_plan.hpp"

namespace left4me {
namespace {

Result<void> call_systemctl(std::string_view verb, const InstanceName& name)
{
    return call_helper("left4me-systemctl", {std::string(verb), name.str()});
}

/// The instance's lock and its directory.
struct Session {
    InstanceLock lock;
    InstanceStore store;
};

Result<Session> lock_instance(const Host& host, const InstanceName& name, std::string_view verb)
{
    auto lock = InstanceLock::take(host, name, formatted("{} {}", verb, name.str()));
    if (!lock)
        return std::unexpected(lock.error());
    auto store = InstanceStore::open(host);
    if (!store)
        return std::unexpected(store.error());
    return Session{std::move(*lock), std::move(*store)};
}

/// The same with nothing half done in it.
Result<Session> open_session(const Host& host, const InstanceName& name, std::string_view verb)
{
    auto session = lock_instance(host, name, verb);
    if (session)
        if (auto recovered = session->store.recover(name); !recovered)
            return std::unexpected(recovered.error());
    return session;
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

/// The helper's verb disable: the server is stopped and its layers are unmounted, so that
/// it keeps no older versions of them any more.
Result<void> stop_and_release(const Host& host, const InstanceName& name)
{
    const auto record = read_mount_record(host, name);
    auto stopped = call_systemctl("disable", name);
    const auto layers = record.and_then([&](const MountRecord&) { return LayerStore::open(host); });
    if (!stopped || !layers)
        return stopped;
    for (const auto& layer : record->layers)
        if (const auto ref = LayerRef::parse(layer.ref))
            layers->prune(*ref);
    return {};
}

/// Neither of the server's units runs, so its layers may be written anew.
Result<bool> is_down(const InstanceName& name)
{
    return Systemd::connect().and_then([&](Systemd systemd) { return left4me::is_down(systemd, name); });
}

Result<void> write_live(const InstanceStore& store, const InstanceName& name, Report& report)
{
    report.step("checking the layers");
    const auto file = store.host().state_path(formatted("{}/{}", instance_path(name), entry::spec));
    const auto spec = store.read_spec(name);
    if (!spec)
        return std::unexpected(spec.error());
    return store.check_layers(file, *spec)
        .and_then([&] { return store.check_game(*spec); })
        .and_then(check_interruption)
        .and_then([&] {
            report.step("writing its configuration");
            return store.make_live(name, *spec);
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
        .and_then([&] { return store.check_layers(file, *spec); })
        .and_then(check_interruption)
        .and_then([&] {
            report.step("writing its configuration");
            return store.write(name, *spec, text);
        });
}

Result<void> start(const Host& host, const InstanceName& name, Report& report)
{
    const auto session = open_session(host, name, "start");
    if (!session)
        return std::unexpected(session.error());
    if (const auto there = session->store.read_config(name); !there)
        return std::unexpected(there.error());
    const auto down = is_down(name);
    if (!down)
        return std::unexpected(down.error());
    const auto merged = host.merged_path(name);
    const auto plan = is_mount_point(merged).and_then(
        [&](bool mounted) { return plan_start(name, merged, {.down = *down, .mounted = mounted}); });
    if (!plan)
        return std::unexpected(plan.error());
    const bool runs = *plan == StartPlan::as_it_runs;
    if (!runs)
        if (auto written = write_live(session->store, name, report); !written)
            return written;
    report.step(runs ? "it runs already" : formatted("starting {}", server_unit(name)));
    return check_interruption().and_then([&] { return call_systemctl("enable", name); });
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
    return check_interruption().and_then([&] { return stop_and_release(host, name); });
}

Result<void> remove(const Host& host, const InstanceName& name, std::string_view verb, Report& report)
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
    if (plan_removal(facts) == RemovalPlan::nothing) {
        report.step("there is nothing to remove");
        return {};
    }
    report.step(formatted("stopping {}", server_unit(name)));
    return stop_and_release(host, name)
        .and_then([&] {
            report.step("removing the files that it wrote");
            return call_systemctl("purge", name);
        })
        .and_then([&] {
            report.step("removing its configuration");
            return store.remove(name);
        });
}

Result<void> show_journal(const Host& host, const InstanceName& name, std::size_t lines, bool follow)
{
    // The journal knows no names: a mistyped one would be followed in silence.
    const auto there = InstanceStore::open(host).and_then(
        [&](const InstanceStore& store) { return store.exists(name); });
    if (!there)
        return std::unexpected(there.error());
    if (!*there)
        return fail(ExitStatus::not_found, formatted("there is no server {}", quote(name.str())));
    return call_helper("left4me-journalctl", {name.str(), "--lines", formatted("{}", lines),
                                              follow ? "--follow" : "--no-follow"});
}

} // namespace left4me
