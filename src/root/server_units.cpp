#include "root/server_units.hpp"

#include "host/live_directory.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/server_state.hpp"
#include "host/unit_names.hpp"
#include "root/boot_link.hpp"
#include "root/mount_namespace.hpp"
#include "root/start_failure.hpp"
#include "system/format.hpp"
#include "system/mount_point.hpp"

#include <algorithm>

namespace left4me {
namespace {

/// Or the unit would fail, and stay in systemd's memory, and its link would try at every
/// boot: without bound, for names cost nothing.
Result<void> require_configuration(const Host& host, const InstanceName& name)
{
    const auto there = open_state_of_init(host).and_then([&](const Directory& state) {
        return find_live(state, name).and_then([&](const std::string& live) {
            return state.open_file(formatted("{}/{}", live, entry::config));
        });
    });
    if (there)
        return {};
    if (there.error().status == ExitStatus::not_found)
        return fail(ExitStatus::not_found,
                    formatted("server {} has no configuration to mount: run l4d2ctl start {}",
                              quote(name.str()), name.str()));
    return fail(there.error().status,
                formatted("cannot start {}: {}", server_unit(name), there.error().message));
}

/// Each that failed stays in systemd's memory, with the timer of its next try.
Result<void> require_room(Systemd& systemd, const InstanceName& name)
{
    return loaded_servers(systemd).and_then([&](const auto& loaded) -> Result<void> {
        if (loaded.size() < max_servers || std::ranges::contains(loaded, name))
            return {};
        return fail(ExitStatus::busy,
                    formatted("systemd has {} servers that run or have failed, which is all that may: "
                              "l4d2ctl stop ends one",
                              loaded.size()));
    });
}

/// Only where they have changed: with many servers systemd takes long to read all units.
Result<void> read_files_anew(Systemd& systemd, const std::string& unit)
{
    return systemd.origin(unit).and_then(
        [&](const UnitOrigin& now) { return now.needs_reload ? systemd.reload() : Result<void>{}; });
}

/// A stop whose unmount failed (a shell stood in the tree) leaves the mount
/// behind and its unit down. Started again, the unit has something to stop.
Result<void> adopt_leftover_mount(const Host& host, Systemd& systemd, const InstanceName& name)
{
    return is_mount_point(host.merged_path(name)).and_then([&](bool mounted) -> Result<void> {
        if (!mounted)
            return {};
        return systemd.states({overlay_unit(name)}).and_then([&](const auto& states) -> Result<void> {
            if (!states.at(0).is_down())
                return {};
            return systemd.start({overlay_unit(name)}, JobPatience::callers);
        });
    });
}

Result<void> require_unmounted(const Host& host, Systemd& systemd, const InstanceName& name)
{
    return is_mount_point(host.merged_path(name)).and_then([&](bool mounted) -> Result<void> {
        if (!mounted)
            return {};
        return systemd.status(overlay_unit(name))
            .and_then([&](const UnitStatus& overlay) -> Result<void> {
                return fail(ExitStatus::busy,
                            overlay.status_text.empty()
                                ? formatted("{} is still mounted", quote(host.merged_path(name)))
                                : escaped(overlay.status_text));
            });
    });
}

/// A unit that does one thing and ends.
Result<void> run_oneshot(Systemd& systemd, const std::string& unit)
{
    return systemd.reset_failed(unit)
        .and_then([&] { return systemd.start({unit}, JobPatience::callers); })
        .transform_error(
            [&](const Error& error) { return explain_failed_start(systemd, {unit}, error); });
}

/// The record that a stop leaves whose file system nobody saw end: that of this stop, or of one
/// before. Says who keeps it, or is empty, and then nobody does any more.
Result<std::string> tell_if_kept(const Host& host, Systemd& systemd, const InstanceName& name)
{
    const auto left = has_mount_record(host, name);
    if (!left)
        return std::unexpected(left.error());
    if (!*left)
        return "";
    const auto ended = run_oneshot(systemd, released_unit(name));
    // Its failure is no more than an answer.
    if (auto forgotten = systemd.reset_failed(released_unit(name)); !forgotten)
        return std::unexpected(forgotten.error());
    if (ended || ended.error().status != ExitStatus::busy)
        return ended.transform([] { return std::string(); });
    return ended.error().message;
}

/// A stop that took too long leaves the unit failed. Of one that ended well systemd
/// would have to read all properties from its files again.
Result<bool> was_killed(Systemd& systemd, const std::string& unit)
{
    return systemd.states({unit}).and_then([&](const auto& states) -> Result<bool> {
        if (states.at(0).state != "failed")
            return false;
        return systemd.status(unit).transform(
            [](const UnitStatus& now) { return now.result == "timeout"; });
    });
}

/// An operator who starts a server has mended it: the start limit of what failed before no
/// longer counts.
Result<void> begin_anew(Systemd& systemd, const InstanceName& name)
{
    return systemd.reset_failed(server_unit(name))
        .and_then([&] { return systemd.reset_failed(overlay_unit(name)); })
        .and_then([&] { return read_files_anew(systemd, server_unit(name)); });
}

Error explain(Systemd& systemd, const InstanceName& name, const Error& error)
{
    return explain_failed_start(systemd, {overlay_unit(name), server_unit(name), packet_rules_unit},
                                error);
}

} // namespace

Result<void> enable_now(const Host& host, Systemd& systemd, const InstanceName& name)
{
    const auto server = server_unit(name);
    return require_configuration(host, name)
        .and_then([&] { return make_boot_link(name); })
        .and_then([&] { return begin_anew(systemd, name); })
        .and_then([&] { return systemd.start({server}, JobPatience::callers); })
        .transform_error([&](const Error& error) { return explain(systemd, name, error); });
}

Result<void> restart_now(const Host& host, Systemd& systemd, const InstanceName& name)
{
    // The layers' unit, too: it stays up while the server alone is restarted, and would
    // keep what is mounted.
    return require_configuration(host, name)
        .and_then([&] { return require_room(systemd, name); })
        .and_then([&] { return begin_anew(systemd, name); })
        .and_then([&] {
            return systemd.restart({overlay_unit(name), server_unit(name)}, JobPatience::callers);
        })
        .transform_error([&](const Error& error) { return explain(systemd, name, error); });
}

Result<std::vector<std::string>> disable_now(const Host& host, Systemd& systemd,
                                             const InstanceName& name)
{
    const auto server = server_unit(name);
    const auto overlay = overlay_unit(name);
    // Both stops are queued at once; the units' order makes the unmount wait
    // until the server is gone.
    auto stopped = remove_boot_link(name)
                       .and_then([&] { return adopt_leftover_mount(host, systemd, name); })
                       .and_then([&] { return systemd.stop({server, overlay}, JobPatience::callers); })
                       .and_then([&] { return require_unmounted(host, systemd, name); })
                       .and_then([&] { return was_killed(systemd, server); });
    if (!stopped)
        return std::unexpected(stopped.error());
    std::vector<std::string> remarks;
    if (*stopped)
        remarks.push_back(formatted("{} did not end in its time and was killed", server));
    return systemd.reset_failed(server)
        .and_then([&] { return systemd.reset_failed(overlay); })
        .and_then([&] { return tell_if_kept(host, systemd, name); })
        .transform([&](std::string kept) {
            if (!kept.empty())
                remarks.push_back(std::move(kept));
            return remarks;
        });
}

Result<void> purge(Systemd& systemd, const InstanceName& name)
{
    return require_down(systemd, name).and_then([&] { return run_oneshot(systemd, purge_unit(name)); });
}

Result<void> restart_empty(Systemd& systemd, const InstanceName& name)
{
    // Both, as in restart_now; in one transaction they wait for each other.
    return read_files_anew(systemd, server_unit(name)).and_then([&] {
        return systemd.queue_try_restart({overlay_unit(name), server_unit(name)});
    });
}

Result<void> restart_hung(Systemd& systemd, const InstanceName& name)
{
    return systemd.queue_start(hung_unit(name));
}

Result<void> publish_installation(Systemd& systemd)
{
    return run_oneshot(systemd, installation_unit);
}

Result<void> start_inspection(Systemd& systemd)
{
    return run_oneshot(systemd, inspection_unit);
}

} // namespace left4me
