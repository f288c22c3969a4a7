#include "doctor/state_facts.hpp"

#include "doctor/host_file.hpp"
#include "doctor/mode_facts.hpp"
#include "doctor/state_findings.hpp"
#include "host/instance_store.hpp"
#include "host/layer_view.hpp"
#include "host/mount_record.hpp"
#include "host/older_installations.hpp"
#include "host/open_layer.hpp"
#include "host/places.hpp"
#include "host/unit_names.hpp"
#include "host/upper_quota.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/mount_point.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <cerrno>
#include <pwd.h>
#include <set>
#include <sys/statvfs.h>
#include <unistd.h>

namespace left4me {
namespace {

/// The layers that servers name, each with all layers that lie beside it in one.
using Stacks = std::map<std::string, std::set<std::string>, NaturalLess>;

/// Adds the server's layers, or says why it has none.
void add_stack(const InstanceStore& store, const InstanceName& name, Stacks& stacks,
               std::vector<LayerFacts::Broken>& broken)
{
    const auto config = store.read_config(name);
    if (!config) {
        broken.push_back({name.str(), config.error().message});
        return;
    }
    std::set<std::string> stack;
    for (const auto& layer : config->lowerdirs) {
        stack.insert(layer.path());
        if (const auto directory = open_layer(store.state(), layer); !directory)
            broken.push_back({name.str(), directory.error().message});
    }
    for (const auto& layer : stack)
        if (layer != Layer::installation().path())
            stacks[layer].insert(stack.begin(), stack.end());
}

Result<LayerFacts> read_layers(const InstanceStore& store)
{
    const auto names = store.names();
    if (!names)
        return std::unexpected(names.error());
    LayerFacts facts = {};
    Stacks stacks;
    for (const auto& name : *names)
        add_stack(store, name, stacks, facts.broken);
    auto budget = max_entries;
    for (const auto& [layer, beside] : stacks)
        facts.links.push_back({layer.substr(layer.find('/') + 1),
                               dead_links(visible_directories(store.host()), store.host().state(), layer,
                                          beside, budget)});
    auto views_budget = max_entries;
    for (const auto& [layer, beside] : stacks) {
        const auto view = store.state().subdirectory(layer).and_then(
            [&](const Directory& tree) { return view_layer(tree, views_budget); });
        if (view)
            facts.views.push_back({layer.substr(layer.find('/') + 1), *view});
    }
    facts.complete = budget > 0 && views_budget > 0;
    return facts;
}

/// The servers' ports, as far as this user may read them.
std::map<std::uint16_t, std::string> names_of_ports(const Result<InstanceStore>& store,
                                                    const Servers& servers)
{
    std::map<std::uint16_t, std::string> names;
    for (const auto& name : servers.names) {
        const auto config =
            store.and_then([&](const InstanceStore& opened) { return opened.read_live_config(name); });
        if (config)
            names.emplace(config->port.number(), name.str());
    }
    return names;
}

/// Waiting TCP sockets of user left4me: those of games.
Result<std::vector<Listener>> read_listeners()
{
    const passwd* user = getpwnam(service_user);
    if (user == nullptr)
        return fail(ExitStatus::not_found, formatted("there is no user {}", quote(service_user)));
    std::vector<Listener> of_games;
    for (const auto* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const auto text = read_host_file(table);
        if (!text && text.error().status == ExitStatus::not_found) // a kernel without IPv6
            continue;
        if (!text)
            return std::unexpected(text.error());
        std::ranges::copy_if(parse_listeners(*text), std::back_inserter(of_games),
                             [&](const Listener& listener) { return listener.uid == user->pw_uid; });
    }
    return of_games;
}

Result<Room> read_room(const Host& host)
{
    struct statvfs system = {};
    if (statvfs(host.state().c_str(), &system) != 0)
        return fail_errno(formatted("cannot look at {}", quote(host.state())), errno);
    constexpr double all = 100;
    // What is kept for root is nobody's here.
    const auto percent = [](auto available, auto free, auto total) {
        const auto usable = total - free + available;
        return usable == 0 ? 0 : all * static_cast<double>(available) / static_cast<double>(usable);
    };
    Room room = {percent(system.f_bavail, system.f_bfree, system.f_blocks), std::nullopt};
    if (system.f_files != 0)
        room.files_percent = percent(system.f_favail, system.f_ffree, system.f_files);
    return room;
}

/// Every server of which anything is left: a unit, a tree or a record.
Result<std::vector<InstanceName>> read_live_names(const Directory& runtime, const Directory& records,
                                                  const Servers& servers)
{
    std::set<InstanceName> names(servers.names.begin(), servers.names.end());
    const auto trees = runtime.entries();
    const auto files = records.entries();
    if (!trees || !files)
        return std::unexpected(!trees ? trees.error() : files.error());
    for (const auto* entries : {&*trees, &*files})
        for (const auto& entry : *entries)
            if (const auto name = InstanceName::parse(entry.substr(0, entry.find('.'))))
                names.insert(*name);
    return std::vector(names.begin(), names.end());
}

/// Others than the service user cannot enter the state, and would find nothing there.
Result<Sight> see_steam_client(const Host& host)
{
    return host.open_state().transform([&](const Directory&) {
        return look(visible_directories(host), host.steam_home() + "/.steam/sdk32/steamclient.so");
    });
}

/// One server's; nothing while it starts or stops.
Result<std::optional<LiveState>> read_live_state(const Host& host, Systemd& systemd,
                                                 const Directory& runtime, const Directory& records,
                                                 const InstanceName& name)
{
    const auto mounted = is_mount_point(host.merged_path(name));
    const auto overlay = systemd.status(overlay_unit(name));
    const auto record = records.contains(mount_record_name(name));
    const auto tree = runtime.contains(name.str());
    if (!overlay)
        return std::unexpected(overlay.error());
    if (!mounted || !tree || !record)
        return std::unexpected(!mounted ? mounted.error() : !tree ? tree.error() : record.error());
    const bool active = overlay->active_state == "active";
    if (!active && !overlay->is_down())
        return std::nullopt;
    return LiveState{name.str(), *mounted, active, *record, *tree, std::nullopt};
}

Result<std::vector<LiveState>> read_live_states(const Host& host, Systemd& systemd,
                                                const Result<InstanceStore>& store,
                                                const Servers& servers,
                                                const std::vector<MountHolder>& holders)
{
    const auto runtime = Directory::open(host.state_path("runtime"));
    const auto records = open_mount_records(host);
    if (!runtime || !records)
        return std::unexpected(!runtime ? runtime.error() : records.error());
    const auto names = read_live_names(*runtime, *records, servers);
    if (!names)
        return std::unexpected(names.error());
    std::vector<LiveState> states;
    for (const auto& name : *names) {
        auto live = read_live_state(host, systemd, *runtime, *records, name);
        if (!live)
            return std::unexpected(live.error());
        if (!*live)
            continue;
        if (const auto exists = store.and_then([&](const auto& opened) { return opened.exists(name); }))
            (*live)->initialised = *exists;
        const auto holder = std::ranges::find(holders, name, &MountHolder::server);
        if (holder != holders.end())
            (*live)->holder = describe(holder->holder);
        states.push_back(std::move(**live));
    }
    return states;
}

Result<std::vector<std::string>> read_unused_installations(const Host& host)
{
    return host.open_state()
        .and_then([&](const Directory& state) { return unused_installations(host, state); })
        .transform([](const std::vector<Directory>& trees) {
            std::vector<std::string> paths;
            for (const auto& tree : trees)
                paths.push_back(tree.path());
            return paths;
        });
}

/// What is wrong at the top may be why nothing below it can be seen.
Findings look_at_modes(const Host& host, const ModeFacts& top)
{
    const auto modes = read_modes(host, top);
    auto of_top = judge_modes(host, top);
    if (!modes && of_top.front().verdict != Verdict::ok)
        return of_top;
    return judged(Check::modes, modes, [&](const ModeFacts& all) { return judge_modes(host, all); });
}

} // namespace

Findings look_at_room(const Host& host)
{
    return judged(Check::room, read_room(host),
                  [&](const Room& room) { return judge_room(host, room); });
}

Findings look_at_state(const Host& host, Result<Systemd>& systemd, const Servers& servers,
                       const std::vector<MountHolder>& holders, const ModeFacts& top)
{
    const auto store = InstanceStore::open(host);
    auto findings = judged(Check::sdk32, see_steam_client(host),
                           [&](Sight sight) { return judge_sdk32(host, sight); });
    append(findings, judged(Check::layers, store.and_then(read_layers), judge_layers));
    append(findings, look_at_modes(host, top));
    append(findings, judged(Check::rcon, read_listeners(), [&](const std::vector<Listener>& listeners) {
               return judge_rcon(listeners, names_of_ports(store, servers));
           }));
    append(findings, look_at_room(host));
    append(findings, judged(Check::quota, host.open_state().transform(limits_projects),
                            [&](bool limits) { return judge_quota(host, limits); }));
    const auto live = systemd.and_then(
        [&](Systemd& bus) { return read_live_states(host, bus, store, servers, holders); });
    const auto unused = live.and_then([&](const auto&) { return read_unused_installations(host); });
    append(findings, judged(Check::leftovers, unused, [&](const std::vector<std::string>& trees) {
               return judge_leftovers(*live, trees);
           }));
    return findings;
}

} // namespace left4me
