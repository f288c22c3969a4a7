#include "doctor/facts.hpp"

#include "host/helper_call.hpp"
#include "host/instance_store.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/privilege_drop.hpp"
#include "host/systemd.hpp"
#include "host/upper_quota.hpp"
#include "system/directory.hpp"
#include "system/file_times.hpp"
#include "system/mount_point.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <format>
#include <pwd.h>
#include <set>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace left4me {
namespace {

/// A file of the kernel's or of root's, at an absolute path.
Result<std::string> read_path(const std::string& path)
{
    constexpr std::size_t limit = 4 * 1024 * 1024;
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return fail_errno(std::format("cannot open {}", quote(path)), errno);
    return read_regular(file, quote(path), limit);
}

std::string without_newline(std::string text)
{
    return text.substr(0, text.find('\n'));
}

/// A judgement of facts that may not be there.
template <class Facts, class Judge>
Findings judged(Check check, const Result<Facts>& facts, Judge judge)
{
    return facts ? judge(*facts) : Findings{not_checked(check, facts.error())};
}

void append(Findings& findings, Findings more)
{
    std::ranges::move(more, std::back_inserter(findings));
}

// --- the kernel ----------------------------------------------------------------

Findings look_at_kernel()
{
    utsname kernel = {};
    uname(&kernel); // fails for a bad address alone
    return judge_kernel(kernel.release);
}

bool apparmor_is_on()
{
    const auto enabled = read_path("/sys/module/apparmor/parameters/enabled");
    return enabled && enabled->starts_with('Y');
}

Findings look_at_apparmor()
{
    return judge_apparmor({apparmor_is_on(), read_path("/sys/kernel/security/apparmor/profiles")});
}

// --- packet rules --------------------------------------------------------------

/// Whether nft, started from here, may list anything.
bool may_list_rules()
{
    constexpr unsigned cap_net_admin = 12;
    const auto status = read_path("/proc/self/status");
    const auto ambient = status ? std::string(status_field(*status, "CapAmb")) : "";
    constexpr int hexadecimal = 16;
    return geteuid() == 0 ||
           (std::stoull("0" + ambient, nullptr, hexadecimal) >> cap_net_admin & 1U) != 0;
}

Result<std::optional<PacketTable>> read_packet_table()
{
    if (!may_list_rules())
        return fail(ExitStatus::not_permitted, "only root can list packet rules");
    constexpr std::size_t limit = 4 * 1024 * 1024;
    const std::string nft = "/usr/sbin/nft";
    const auto tables = output_of({nft, "list", "tables", "inet"}, limit);
    if (!tables)
        return std::unexpected(tables.error());
    if (!tables->contains("table inet left4me\n"))
        return std::nullopt;
    return output_of({nft, "--json", "list", "table", "inet", "left4me"}, limit)
        .and_then([](const std::string& json) { return parse_packet_table(json); })
        .transform([](PacketTable table) { return std::optional(std::move(table)); });
}

/// Of the files that the rules are loaded from, the first that was changed since.
std::optional<std::string> newer_rule_file(std::chrono::microseconds loaded)
{
    std::vector<std::string> files = {"/usr/lib/left4me/nftables.nft", "/etc/left4me/nftables.d"};
    std::error_code problem;
    for (const auto& file : std::filesystem::directory_iterator(files.back(), problem))
        if (file.path().extension() == ".nft")
            files.push_back(file.path());
    for (const auto& file : files) {
        const auto changed = file_changed(file);
        if (changed && *changed > loaded)
            return file;
    }
    return std::nullopt;
}

// --- units and processes -------------------------------------------------------

/// What systemd tells of this host's servers.
struct Servers {
    std::vector<InstanceName> names; ///< those of systemd and those of instances/
    std::map<InstanceName, UnitStatus> units;
    std::optional<Error> unlisted; ///< why those that systemd has not loaded are not among them
};

Result<Servers> read_servers(UnitControl& control)
{
    auto names = control.loaded_servers();
    if (!names)
        return std::unexpected(names.error());
    std::set<InstanceName> all(names->begin(), names->end());
    const auto stored =
        InstanceStore::open().and_then([](const InstanceStore& store) { return store.names(); });
    if (stored)
        all.insert(stored->begin(), stored->end());
    Servers servers = {.names = {all.begin(), all.end()}, .units = {}, .unlisted = {}};
    if (!stored)
        servers.unlisted = stored.error();
    for (const auto& name : all) {
        const auto unit = control.status(server_unit(name));
        if (!unit)
            return std::unexpected(unit.error());
        servers.units.emplace(name, *unit);
    }
    return servers;
}

Result<UnitFile> read_unit_file(const std::string& path)
{
    return read_path(path).transform(
        [&](const std::string& text) { return UnitFile{path, parse_unit_file(text)}; });
}

/// unit is one of the package's, or an instance of shipped, which is a template.
Result<UnitFacts> read_unit(UnitControl& control, const std::string& unit, const std::string& shipped)
{
    const auto origin = control.origin(unit);
    if (!origin)
        return std::unexpected(origin.error());
    UnitFacts facts = {.unit = unit,
                       .load_state = origin->load_state,
                       .needs_reload = origin->needs_reload,
                       .shipped_path = path::units + "/" + shipped,
                       .fragment_path = origin->fragment,
                       .changes = {},
                       .unread = {}};
    if (facts.load_state != "loaded")
        return facts;
    std::vector<UnitFile> files;
    auto paths = origin->drop_ins;
    paths.insert(paths.begin(), {facts.shipped_path, facts.fragment_path});
    for (const auto& path : paths) {
        auto file = read_unit_file(path);
        if (!file)
            facts.unread.push_back(file.error());
        files.push_back(file ? std::move(*file) : UnitFile{path, {}});
    }
    if (facts.unread.empty())
        facts.changes = changes_of(files[0], files[1], {files.begin() + 2, files.end()});
    return facts;
}

/// The package's units, and those of each server. The server "-", a name that
/// none can have, has what every server has.
Result<std::vector<UnitFacts>> read_units(UnitControl& control, const Servers& servers)
{
    std::vector<std::pair<std::string, std::string>> units;
    for (const auto& unit :
         {"l4d2.slice", "l4d2-game.slice", "l4d2-build.slice", packet_rules_unit.c_str(),
          inspection_unit.c_str(), "left4me-installation.service", "left4me-workshop-refresh.service"})
        units.emplace_back(unit, unit);
    // What every build has; its name is known only while it runs.
    for (const auto* kind : {"build", "build-multiarch", "workcopy"})
        units.emplace_back(std::format("left4me-{}@-.service", kind),
                           std::format("left4me-{}@.service", kind));
    std::vector<std::string> names = {"-"};
    for (const auto& name : servers.names)
        names.push_back(name.str());
    for (const auto& name : names)
        for (const auto* kind : {"server", "overlay", "purge"})
            units.emplace_back(std::format("left4me-{}@{}.service", kind, name),
                               std::format("left4me-{}@.service", kind));
    std::vector<UnitFacts> all;
    for (const auto& [unit, shipped] : units) {
        auto facts = read_unit(control, unit, shipped);
        if (!facts)
            return std::unexpected(facts.error());
        all.push_back(std::move(*facts));
    }
    return all;
}

Result<std::string> read_namespace(const std::string& process, const std::string& kind)
{
    std::array<char, 64> target = {}; // "mnt:[4026531841]"
    const auto path = std::format("/proc/{}/ns/{}", process, kind);
    const auto size = readlink(path.c_str(), target.data(), target.size());
    if (size < 0 && errno == EACCES)
        return fail(ExitStatus::not_permitted, "only root can look at the namespaces of servers");
    if (size < 0)
        return fail_errno(std::format("cannot read {}", quote(path)), errno);
    return std::string(target.data(), static_cast<std::size_t>(size));
}

Result<ServerProcess> read_process(const InstanceName& name, std::uint32_t pid, bool apparmor)
{
    const auto number = std::format("{}", pid);
    auto status = read_path(std::format("/proc/{}/status", number));
    if (!status)
        return std::unexpected(status.error());
    ServerProcess process = {
        .server = name.str(), .shared = {}, .status = std::move(*status), .label = {}};
    for (const auto* kind : {"mnt", "pid", "user", "ipc"}) {
        const auto own = read_namespace(number, kind);
        const auto of_host = read_namespace("1", kind);
        if (!own || !of_host)
            return std::unexpected(!own ? own.error() : of_host.error());
        if (*own == *of_host)
            process.shared.emplace_back(kind);
    }
    if (apparmor) {
        auto label = read_path(std::format("/proc/{}/attr/current", number));
        if (!label)
            return std::unexpected(label.error());
        process.label = without_newline(*label);
    }
    return process;
}

std::vector<Result<ServerProcess>> read_processes(const Servers& servers)
{
    const bool apparmor = apparmor_is_on();
    std::vector<Result<ServerProcess>> processes;
    for (const auto& [name, unit] : servers.units) {
        if (unit.active_state != "active") // while it activates systemd still sets it up
            continue;
        auto process = read_process(name, unit.main_pid, apparmor);
        // Ended meanwhile: it does not run.
        if (process || process.error().status != ExitStatus::not_found)
            processes.push_back(std::move(process));
    }
    return processes;
}

/// What systemd is asked for; as root where this began as root.
Findings look_at_units(UnitControl& control, const Servers& servers)
{
    const auto rules = control.status(packet_rules_unit);
    const bool servers_run =
        std::ranges::any_of(servers.units, [](const auto& unit) { return unit.second.main_pid != 0; });
    auto findings = judged(Check::packet_rules, rules, [&](const UnitStatus& unit) {
        return judge_packet_rules({.active_state = unit.active_state,
                                   .servers_run = servers_run,
                                   .newer_file = newer_rule_file(unit.changed),
                                   .table = read_packet_table()});
    });
    append(findings, judged(Check::units, read_units(control, servers), judge_units));
    if (servers.unlisted)
        findings.push_back(not_checked(Check::units, *servers.unlisted));
    append(findings, judge_sandbox(read_processes(servers)));
    return findings;
}

// --- what user left4me has -----------------------------------------------------

/// One call of each kind that l4d2ctl makes.
Result<std::vector<std::string>> refused_by_sudo()
{
    const passwd* user = getpwnam(service_user.c_str());
    if (user == nullptr || geteuid() != user->pw_uid)
        return fail(ExitStatus::not_permitted, "only root can ask what sudo lets user left4me do");
    const std::string systemctl = path::libexec + "/left4me-systemctl";
    const std::vector<std::vector<std::string>> calls = {
        {systemctl, "show", "x"},
        {systemctl, "inspect"},
        {systemctl, "publish-installation"},
        {path::libexec + "/left4me-journalctl", "x", "--lines", "1", "--no-follow"},
        {path::libexec + "/left4me-script-sandbox", "x", "x"},
    };
    constexpr std::size_t limit = 64 * 1024;
    std::vector<std::string> refused;
    for (const auto& call : calls) {
        std::vector<std::string> command = {"/usr/bin/sudo", "-n", "-l", "--"};
        command.insert(command.end(), call.begin(), call.end());
        if (output_of(command, limit))
            continue;
        std::string words = call.front().substr(call.front().rfind('/') + 1);
        for (std::size_t i = 1; i < call.size(); ++i)
            words += " " + call[i];
        refused.push_back(std::move(words));
    }
    return refused;
}

/// The layers that servers name, each with all layers that lie beside it in one.
using Stacks = std::map<std::string, std::set<std::string>>;

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
        if (const auto directory = store.state().subdirectory(layer.path()); !directory)
            broken.push_back({name.str(), std::format("layer {}: {}", quote(layer.name()),
                                                      directory.error().message)});
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
    auto budget = most_entries;
    for (const auto& [layer, beside] : stacks)
        facts.links.push_back({layer.substr(layer.find('/') + 1),
                               dead_links(visible_directories(), path::state, layer, beside, budget)});
    facts.complete = budget > 0;
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
    const passwd* user = getpwnam(service_user.c_str());
    if (user == nullptr)
        return fail(ExitStatus::not_found, std::format("there is no user {}", quote(service_user)));
    std::vector<Listener> of_games;
    for (const auto* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const auto text = read_path(table);
        if (!text && text.error().status == ExitStatus::not_found) // a kernel without IPv6
            continue;
        if (!text)
            return std::unexpected(text.error());
        std::ranges::copy_if(parse_listeners(*text), std::back_inserter(of_games),
                             [&](const Listener& listener) { return listener.uid == user->pw_uid; });
    }
    return of_games;
}

Result<Room> read_room()
{
    struct statvfs system = {};
    if (statvfs(path::state.c_str(), &system) != 0)
        return fail_errno(std::format("cannot look at {}", quote(path::state)), errno);
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

/// One server's; nothing while it starts or stops.
Result<std::optional<LiveState>> read_live_state(UnitControl& control, const Directory& runtime,
                                                 const Directory& records, const InstanceName& name)
{
    const auto mounted = is_mount_point(merged_path(name));
    const auto overlay = control.status(overlay_unit(name));
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

Result<std::vector<LiveState>> read_live_states(UnitControl& control, const Result<InstanceStore>& store,
                                                const Servers& servers)
{
    const auto runtime = Directory::open(path::state + "/runtime");
    const auto records = open_mount_records();
    if (!runtime || !records)
        return std::unexpected(!runtime ? runtime.error() : records.error());
    const auto names = read_live_names(*runtime, *records, servers);
    if (!names)
        return std::unexpected(names.error());
    std::vector<LiveState> states;
    for (const auto& name : *names) {
        auto live = read_live_state(control, *runtime, *records, name);
        if (!live)
            return std::unexpected(live.error());
        if (!*live)
            continue;
        if (const auto exists = store.and_then([&](const auto& opened) { return opened.exists(name); }))
            (*live)->initialised = *exists;
        states.push_back(std::move(**live));
    }
    return states;
}

/// What user left4me may see, and others in part.
Findings look_at_state(Result<UnitControl>& control, const Servers& servers)
{
    const auto store = InstanceStore::open();
    auto findings = judged(Check::sudo, refused_by_sudo(), judge_sudo);
    append(findings,
           judge_sdk32(look(visible_directories(), path::steam_home + "/.steam/sdk32/steamclient.so")));
    append(findings, judged(Check::layers, store.and_then(read_layers), judge_layers));
    append(findings, judged(Check::rcon, read_listeners(), [&](const std::vector<Listener>& listeners) {
               return judge_rcon(listeners, names_of_ports(store, servers));
           }));
    append(findings, judged(Check::room, read_room(), judge_room));
    append(findings,
           judged(Check::quota, Directory::open(path::state).transform(limits_projects), judge_quota));
    const auto live = control.and_then(
        [&](UnitControl& systemd) { return read_live_states(systemd, store, servers); });
    append(findings, judged(Check::leftovers, live, judge_leftovers));
    return findings;
}

} // namespace

Result<Findings> examine_host()
{
    auto findings = look_at_kernel();
    auto control = UnitControl::connect();
    append(findings,
           judged(Check::systemd, control.and_then([](UnitControl& bus) { return bus.version(); }),
                  judge_systemd));
    append(findings,
           judge_ptrace(read_path("/proc/sys/kernel/yama/ptrace_scope").transform(without_newline)));
    append(findings, look_at_apparmor());
    append(findings, judge_bpf(read_path("/sys/kernel/security/lsm")));
    const auto servers = control.and_then(read_servers);
    if (servers)
        append(findings, look_at_units(*control, *servers));
    else
        for (const auto check : {Check::packet_rules, Check::units, Check::sandbox})
            findings.push_back(not_checked(check, servers.error()));
    if (geteuid() == 0)
        if (auto dropped = become_service_user(); !dropped)
            return std::unexpected(dropped.error());
    append(findings, look_at_state(control, servers.value_or(Servers{})));
    return findings;
}

} // namespace left4me
