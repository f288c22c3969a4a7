#include "doctor/unit_facts.hpp"

#include "doctor/host_file.hpp"
#include "doctor/kernel_facts.hpp"
#include "doctor/unit_findings.hpp"
#include "host/helper_call.hpp"
#include "host/places.hpp"
#include "host/server_condition.hpp"
#include "host/unit_names.hpp"
#include "system/file_times.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

// --- packet rules --------------------------------------------------------------

/// Whether nft, started from here, may list anything.
bool may_list_rules()
{
    return geteuid() == 0 || prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_NET_ADMIN, 0, 0) == 1;
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

Result<UnitFile> read_unit_file(const std::string& path)
{
    return read_host_file(path).transform(
        [&](const std::string& text) { return UnitFile{path, parse_unit_file(text)}; });
}

/// unit is one of the package's, or an instance of shipped, which is a template.
Result<UnitFacts> read_unit(Systemd& systemd, const std::string& unit, const std::string& shipped)
{
    const auto origin = systemd.origin(unit);
    if (!origin)
        return std::unexpected(origin.error());
    UnitFacts facts = {.unit = unit,
                       .load_state = origin->load_state,
                       .needs_reload = origin->needs_reload,
                       .shipped_path = units_path(shipped),
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
Result<std::vector<UnitFacts>> read_units(Systemd& systemd, const Servers& servers)
{
    std::vector<std::pair<std::string, std::string>> units;
    for (const auto& unit : {"l4d2.slice", "l4d2-game.slice", "l4d2-build.slice", packet_rules_unit,
                             inspection_unit, "left4me-installation.service",
                             "left4me-layers-refresh.service", "left4me-workshop-refresh.service",
                             "left4me-broker.socket", "left4me-broker-logs.socket", steamcmd_unit})
        units.emplace_back(unit, unit);
    // What every call, build and job has; its name is known only while it runs.
    for (const auto* kind : {"broker", "broker-logs", "build", "build-import", "build-multiarch",
                             "job-layers", "job-servers", "job-steam", "job-workshop", "workcopy"})
        units.emplace_back(formatted("left4me-{}@-.service", kind),
                           formatted("left4me-{}@.service", kind));
    std::vector<std::string> names = {"-"};
    for (const auto& name : servers.names)
        names.push_back(name.str());
    for (const auto& name : names)
        for (const auto* kind : {"server", "overlay", "purge"})
            units.emplace_back(formatted("left4me-{}@{}.service", kind, name),
                               formatted("left4me-{}@.service", kind));
    std::vector<UnitFacts> all;
    for (const auto& [unit, shipped] : units) {
        auto facts = read_unit(systemd, unit, shipped);
        if (!facts)
            return std::unexpected(facts.error());
        all.push_back(std::move(*facts));
    }
    return all;
}

Result<std::string> read_namespace(const std::string& process, const std::string& kind)
{
    std::array<char, 64> target = {}; // "mnt:[4026531841]"
    const auto path = formatted("/proc/{}/ns/{}", process, kind);
    const auto size = readlink(path.c_str(), target.data(), target.size());
    if (size < 0 && errno == EACCES)
        return fail(ExitStatus::not_permitted, "only root can look at the namespaces of servers");
    if (size < 0)
        return fail_errno(formatted("cannot read {}", quote(path)), errno);
    return std::string(target.data(), static_cast<std::size_t>(size));
}

Result<ServerProcess> read_process(const InstanceName& name, std::uint32_t pid, bool apparmor)
{
    const auto number = formatted("{}", pid);
    auto status = read_host_file(formatted("/proc/{}/status", number));
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
        auto label = read_host_file(formatted("/proc/{}/attr/current", number));
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

// --- servers ---------------------------------------------------------------------

/// By the link that enabling its unit makes.
bool starts_at_boot(const InstanceName& name)
{
    const auto link = formatted("/etc/systemd/system/multi-user.target.wants/{}", server_unit(name));
    struct stat status = {};
    return lstat(link.c_str(), &status) == 0;
}

/// Of those that are to run: what is wrong with them.
Result<std::vector<ServerCondition>> read_conditions(Systemd& systemd, const Servers& servers)
{
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    std::vector<ServerCondition> conditions;
    for (const auto& [name, unit] : servers.units) {
        const bool failed = unit.active_state == "failed";
        const bool at_boot = starts_at_boot(name);
        if (unit.active_state == "inactive" && !at_boot)
            continue;
        if (unit.active_state == "inactive") {
            conditions.push_back({name.str(), "down, and to be started at boot"});
            continue;
        }
        const auto next_try = failed ? systemd.next_elapse(retry_unit(name))
                                     : Result<std::optional<std::chrono::microseconds>>(std::nullopt);
        if (!next_try)
            return std::unexpected(next_try.error());
        conditions.push_back({name.str(), condition_of(unit, *next_try, now).value_or("")});
    }
    return conditions;
}

} // namespace

Findings look_at_units(Systemd& systemd, const Servers& servers)
{
    const auto rules = systemd.status(packet_rules_unit);
    const bool servers_run =
        std::ranges::any_of(servers.units, [](const auto& unit) { return unit.second.main_pid != 0; });
    auto findings = judged(Check::packet_rules, rules, [&](const UnitStatus& unit) {
        return judge_packet_rules({.active_state = unit.active_state,
                                   .servers_run = servers_run,
                                   .newer_file = newer_rule_file(unit.changed),
                                   .table = read_packet_table()});
    });
    append(findings, judged(Check::units, read_units(systemd, servers), judge_units));
    if (servers.unlisted)
        findings.push_back(not_checked(Check::units, *servers.unlisted));
    append(findings, judge_sandbox(read_processes(servers)));
    append(findings, judged(Check::servers, read_conditions(systemd, servers), judge_servers));
    return findings;
}

} // namespace left4me
