#include "doctor/findings.hpp"

#include "host/places.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <format>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>
#include <utility>

namespace left4me {
namespace {

using nlohmann::ordered_json;

const std::string apparmor_profile = "left4me-server"; // as the server's unit names it

std::string_view id_of(Check check)
{
    switch (check) {
    case Check::kernel:
        return "kernel";
    case Check::systemd:
        return "systemd";
    case Check::ptrace:
        return "ptrace";
    case Check::apparmor:
        return "apparmor";
    case Check::bpf:
        return "bpf";
    case Check::packet_rules:
        return "packet-rules";
    case Check::sudo:
        return "sudo";
    case Check::units:
        return "units";
    case Check::sandbox:
        return "sandbox";
    case Check::sdk32:
        return "sdk32";
    case Check::layers:
        return "layers";
    case Check::rcon:
        return "rcon";
    case Check::room:
        return "room";
    case Check::quota:
        return "quota";
    case Check::leftovers:
        return "leftovers";
    }
    std::unreachable();
}

std::string_view name_of(Verdict verdict)
{
    switch (verdict) {
    case Verdict::ok:
        return "ok";
    case Verdict::note:
        return "note";
    case Verdict::warning:
        return "warning";
    case Verdict::problem:
        return "problem";
    case Verdict::not_checked:
        return "not checked";
    }
    std::unreachable();
}

std::string counted(std::size_t number, std::string_view noun)
{
    return std::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

/// Says what is the same of many once.
void add_once(Findings& findings, Finding finding)
{
    if (!std::ranges::contains(findings, finding))
        findings.push_back(std::move(finding));
}

/// What a check says that found nothing else.
Findings or_ok(Findings findings, Check check, std::string what)
{
    if (findings.empty())
        findings.push_back({check, Verdict::ok, std::move(what)});
    return findings;
}

/// Numbers at the start of a version, "6.12.48+deb13-amd64" as {6, 12}; 0 for none.
std::array<int, 2> version_of(std::string_view text)
{
    std::array<int, 2> version = {};
    for (auto& part : version) {
        const auto [end, problem] = std::from_chars(text.begin(), text.end(), part);
        if (problem != std::errc() || end == text.end() || *end != '.')
            break;
        text.remove_prefix(static_cast<std::size_t>(end + 1 - text.begin()));
    }
    return version;
}

} // namespace

Finding not_checked(Check check, const Error& error)
{
    const bool as_root = error.status == ExitStatus::not_permitted;
    return {check, Verdict::not_checked, error.message, as_root ? "run this as root" : ""};
}

Findings judge_kernel(std::string_view release)
{
    constexpr std::array<int, 2> minimum = {6, 12};
    const auto what = std::format("Linux {}", escaped(release));
    if (version_of(release) < minimum)
        return {{Check::kernel, Verdict::problem, what, "boot Debian 13's kernel: left4me needs 6.12"}};
    return {{Check::kernel, Verdict::ok, what}};
}

Findings judge_systemd(std::string_view version)
{
    constexpr int minimum = 257;
    const auto what = std::format("systemd {}", escaped(version));
    if (version_of(version).front() < minimum)
        return {{Check::systemd, Verdict::problem, what,
                 "bring the host to Debian 13: an older systemd passes over parts of the sandbox"}};
    return {{Check::systemd, Verdict::ok, what}};
}

Findings judge_ptrace(const Result<std::string>& scope)
{
    if (!scope && scope.error().status != ExitStatus::not_found)
        return {not_checked(Check::ptrace, scope.error())};
    if (!scope)
        return {{Check::ptrace, Verdict::problem,
                 "the kernel has no Yama: processes of user left4me can trace each other",
                 "boot a kernel with it, as Debian's is"}};
    const auto value = scope->substr(0, scope->find('\n'));
    const auto what = std::format("kernel.yama.ptrace_scope is {}", escaped(value));
    if (value == "2" || value == "3")
        return {{Check::ptrace, Verdict::ok, what}};
    return {{Check::ptrace, Verdict::problem, what + ": processes of user left4me can trace each other",
             "take other values of it out of /etc/sysctl.d and run sysctl --system"}};
}

Findings judge_apparmor(const AppArmor& facts)
{
    const auto& profile = apparmor_profile;
    if (!facts.on)
        return {{Check::apparmor, Verdict::warning,
                 "AppArmor is off: a 32-bit game may open every kind of socket",
                 "boot a kernel with AppArmor, as Debian's is, without apparmor=0"}};
    if (!facts.profiles)
        return {not_checked(Check::apparmor, facts.profiles.error())};
    std::istringstream lines(*facts.profiles);
    for (std::string line; std::getline(lines, line);) {
        if (line == profile + " (enforce)")
            return {{Check::apparmor, Verdict::ok, std::format("profile {} is enforced", profile)}};
        if (line.starts_with(profile + " ("))
            return {{Check::apparmor, Verdict::problem,
                     std::format("profile {} is not enforced: {}", profile, escaped(line)),
                     std::format("aa-enforce {}", profile)}};
    }
    return {{Check::apparmor, Verdict::problem, std::format("profile {} is not loaded", profile),
             std::format("apparmor_parser --replace /etc/apparmor.d/{}", profile)}};
}

Findings judge_bpf(const Result<std::string>& security_modules)
{
    if (!security_modules)
        return {not_checked(Check::bpf, security_modules.error())};
    std::istringstream names(security_modules->substr(0, security_modules->find('\n')));
    for (std::string name; std::getline(names, name, ',');)
        if (name == "bpf")
            return {{Check::bpf, Verdict::ok, "the BPF security module is on"}};
    return {{Check::bpf, Verdict::note,
             "the BPF security module is off: RestrictFileSystems= of root's units has no effect",
             "boot a kernel with it, as Debian's is, without lsm= or with bpf in it"}};
}

Findings judge_packet_rules(const PacketRules& facts)
{
    const auto& unit = packet_rules_unit;
    const auto problem = [](std::string what, std::string action) -> Findings {
        return {{Check::packet_rules, Verdict::problem, std::move(what), std::move(action)}};
    };
    if (facts.active_state != "active") {
        if (facts.servers_run || facts.active_state == "failed")
            return problem(std::format("{} is {}", unit, facts.active_state),
                           std::format("systemctl restart {} (it restarts all servers)", unit));
        return {{Check::packet_rules, Verdict::ok,
                 std::format("{} is {}: the first server starts it", unit, facts.active_state)}};
    }
    const auto reload = std::format("systemctl reload {}", unit);
    if (!facts.table)
        return {not_checked(Check::packet_rules, facts.table.error())};
    if (!*facts.table)
        return problem("table inet left4me is gone: servers reach what listens on loopback", reload);
    if (facts.newer_file)
        return problem(std::format("the packet rules are older than their file {}", *facts.newer_file),
                       reload);
    const PacketTable& table = **facts.table;
    for (const auto* chain : {"output", "game", "local", "build", "marks"}) {
        const auto found = table.rules.find(chain);
        if (found == table.rules.end() || found->second == 0)
            return problem(std::format("chain {} of table inet left4me is {}", chain,
                                       found == table.rules.end() ? "gone" : "empty"),
                           reload);
    }
    for (const auto& [whose, slice, chain] :
         {std::tuple("servers", "l4d2.slice/l4d2-game.slice", "game"),
          {"builds", "l4d2.slice/l4d2-build.slice", "build"}}) {
        const auto found = table.jumps.find(slice);
        if (found == table.jumps.end() || !found->second.contains(chain))
            return problem(std::format("table inet left4me does not match the {}' slice", whose),
                           reload);
    }
    return {{Check::packet_rules, Verdict::ok, "table inet left4me has its chains and rules"}};
}

Findings judge_sudo(const std::vector<std::string>& refused)
{
    if (refused.empty())
        return {{Check::sudo, Verdict::ok, "user left4me may call the helpers"}};
    Findings findings;
    for (const auto& call : refused)
        findings.push_back({Check::sudo, Verdict::problem,
                            std::format("sudo does not let user left4me run {}", call),
                            "bring /etc/sudoers.d/left4me in line with the package's own, which dpkg "
                            "has left beside it (left4me.dpkg-dist)"});
    return findings;
}

namespace {

/// A template for the unit of a server: "left4me-server@.service".
std::string template_of(std::string_view unit)
{
    const auto at = unit.find('@');
    if (at == std::string_view::npos)
        return std::string(unit);
    return std::format("{}{}", unit.substr(0, at + 1), unit.substr(unit.rfind('.')));
}

Finding finding_of(const UnitChange& change, const std::string& unit)
{
    const auto set = std::format("{} sets {}={}", quote(change.path), change.key, escaped(change.value));
    constexpr std::size_t readable = 60; // the list of system calls is not
    switch (change.effect) {
    case Effect::documented:
        return {Check::units, Verdict::note, set};
    case Effect::unknown:
        return {Check::units, Verdict::warning, std::format("{}, which {} leaves alone", set, unit),
                "see whether the servers need it, and what it opens"};
    case Effect::weakens:
        return {Check::units, Verdict::problem,
                std::format("{}, and {} has {}", set, unit,
                            change.shipped.empty()             ? "none of it"
                            : change.shipped.size() > readable ? "another list"
                                                               : escaped(change.shipped)),
                "take it out, systemctl daemon-reload, and stop and start the servers"};
    }
    std::unreachable();
}

void judge_unit(const UnitFacts& facts, Findings& findings)
{
    // What holds for a template is found again for each server.
    const auto add = [&](Finding finding) { add_once(findings, std::move(finding)); };
    if (facts.load_state != "loaded")
        return add({Check::units, Verdict::problem,
                    std::format("{} is {}", facts.unit, escaped(facts.load_state)),
                    std::format("systemctl revert {}", facts.unit)});
    if (facts.needs_reload)
        add({Check::units, Verdict::warning,
             std::format("the files of {} have changed since systemd read them", facts.unit),
             "systemctl daemon-reload"});
    if (facts.fragment_path != facts.shipped_path)
        add({Check::units, Verdict::warning,
             std::format("{} replaces {}: upgrades do not reach it", quote(facts.fragment_path),
                         quote(facts.shipped_path)),
             "remove it and systemctl daemon-reload; make a drop-in of what you need"});
    for (const auto& change : facts.changes)
        add(finding_of(change, template_of(facts.unit)));
    for (const auto& error : facts.unread)
        add(not_checked(Check::units, error));
}

} // namespace

Findings judge_units(const std::vector<UnitFacts>& units)
{
    Findings findings;
    for (const auto& unit : units)
        judge_unit(unit, findings);
    return or_ok(std::move(findings), Check::units, "the sandbox is set up as the package has it");
}

std::string_view status_field(std::string_view status, std::string_view name)
{
    while (!status.empty()) {
        const auto end = std::min(status.find('\n'), status.size());
        auto line = status.substr(0, end);
        status.remove_prefix(std::min(end + 1, status.size()));
        if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':'))
            continue;
        line.remove_prefix(name.size() + 1);
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        return line;
    }
    return {};
}

namespace {

/// What of the sandbox is not in force, in words.
std::vector<std::string> missing_of(const ServerProcess& process)
{
    std::vector<std::string> missing;
    for (const auto& kind : process.shared)
        missing.push_back(std::format("it is in the host's {} namespace", kind));
    const auto expect = [&](std::string_view field, std::string_view value) {
        const auto is = status_field(process.status, field);
        if (is != value)
            missing.push_back(std::format("{} is {} and not {}", field, escaped(is), value));
    };
    expect("NoNewPrivs", "1");
    expect("Seccomp", "2");
    expect("CapEff", "0000000000000000");
    const auto confined = apparmor_profile + " (enforce)";
    if (process.label && *process.label != confined)
        missing.push_back(std::format("its AppArmor label is {}", quote(*process.label)));
    return missing;
}

} // namespace

Findings judge_sandbox(const std::vector<Result<ServerProcess>>& servers)
{
    Findings findings;
    for (const auto& server : servers) {
        if (!server) {
            add_once(findings, not_checked(Check::sandbox, server.error()));
            continue;
        }
        std::string what;
        for (const auto& part : missing_of(*server))
            what += std::format("{}{}", what.empty() ? "" : ", ", part);
        if (!what.empty())
            findings.push_back({Check::sandbox, Verdict::problem,
                                std::format("server {}: {}", quote(server->server), what),
                                std::format("mend what check units names, then l4d2ctl stop {0} and "
                                            "start {0}",
                                            server->server)});
    }
    return or_ok(std::move(findings), Check::sandbox,
                 servers.empty()
                     ? "no server runs"
                     : std::format("in force on {}", counted(servers.size(), "running server")));
}

Findings judge_sdk32(Sight sight)
{
    const auto file = path::steam_home + "/.steam/sdk32/steamclient.so";
    switch (sight) {
    case Sight::there:
        return {{Check::sdk32, Verdict::ok, "servers see steamclient.so"}};
    case Sight::gone:
        return {{Check::sdk32, Verdict::problem,
                 std::format("{} is not there: servers register as LAN-only", quote(file)),
                 "put Steam's linux32 files there"}};
    case Sight::hidden:
        return {{Check::sdk32, Verdict::problem,
                 std::format("{} leads to where servers see nothing: they register as LAN-only",
                             quote(file)),
                 std::format("put the files themselves below {}", path::steam_home)}};
    }
    std::unreachable();
}

namespace {

/// One finding for a layer: its first dead link, and how many there are.
Finding finding_of(const LayerFacts::Links& layer)
{
    // What leads out is lost for certain: it is the one to name.
    const auto& first = *std::ranges::min_element(layer.dead, {}, &DeadLink::stays);
    const auto why = first.sight == Sight::hidden ? "which servers do not see" : "which is not there";
    const auto more = layer.dead.size() == 1 ? "" : std::format(" (and {} more)", layer.dead.size() - 1);
    return {Check::layers, first.stays ? Verdict::warning : Verdict::problem,
            std::format("layer {}: {} leads to {}, {}{}", quote(layer.layer), quote(first.path.string()),
                        quote(first.target.string()), why, more),
            first.sight == Sight::hidden ? "put the file into a cache or the layer"
                                         : "put the file there, or remove the link"};
}

} // namespace

Findings judge_layers(const LayerFacts& facts)
{
    Findings findings;
    for (const auto& [server, why] : facts.broken)
        findings.push_back(
            {Check::layers, Verdict::problem, std::format("server {}: {}", quote(server), why),
             std::format("mend the layer, or give another spec to l4d2ctl initialize {}", server)});
    for (const auto& layer : facts.links)
        if (!layer.dead.empty())
            findings.push_back(finding_of(layer));
    if (!facts.complete)
        findings.push_back(
            {Check::layers, Verdict::not_checked,
             std::format("links beyond the first {} files were not looked at", most_entries)});
    return or_ok(std::move(findings), Check::layers,
                 std::format("{} there, with all that their links lead to",
                             facts.links.size() == 1
                                 ? "1 layer is"
                                 : std::format("{} layers are", facts.links.size())));
}

Findings judge_rcon(const std::vector<Listener>& of_games,
                    const std::map<std::uint16_t, std::string>& names)
{
    std::string open;
    for (const auto& listener : of_games) {
        if (listener.loopback)
            continue;
        const auto name = names.find(listener.port);
        open += std::format("{}{} {}:{}", open.empty() ? "" : ", ",
                            name == names.end() ? "a server" : quote(name->second),
                            listener.address.contains(':') ? std::format("[{}]", listener.address)
                                                           : listener.address,
                            listener.port);
    }
    if (open.empty())
        return {{Check::rcon, Verdict::ok, "no server listens for RCON on an address of the outside"}};
    return {{Check::rcon, Verdict::note,
             std::format("RCON can be reached from outside, if no firewall closes it: {}", open),
             "see \"RCON\" in l4d2ctl(1) for the rule that does"}};
}

Findings judge_room(const Room& room)
{
    constexpr double low = 10;
    constexpr double too_low = 2;
    const auto least = std::min(room.bytes_percent, room.files_percent.value_or(room.bytes_percent));
    const auto verdict = least < too_low ? Verdict::problem
                         : least < low   ? Verdict::warning
                                         : Verdict::ok;
    const auto what = std::format(
        "{} has {:.0f} % of its bytes free and {}", path::state, std::floor(room.bytes_percent),
        room.files_percent ? std::format("{:.0f} % of its files", std::floor(*room.files_percent))
                           : "no limit of files");
    return {{Check::room, verdict, what,
             verdict == Verdict::ok ? "" : "remove layers or servers that nobody needs, or enlarge it"}};
}

Findings judge_quota(bool limits_projects)
{
    if (limits_projects)
        return {{Check::quota, Verdict::ok, "what a server writes is limited"}};
    return {{Check::quota, Verdict::note,
             std::format("a server may fill {}: its file system has no project quotas", path::state),
             "see \"Quotas\" in the guide for operators"}};
}

namespace {

/// What is wrong with one server's live state; nothing for none.
std::optional<Finding> judge_live_state(const LiveState& server)
{
    const auto name = quote(server.server);
    const bool orphan = server.initialised == false;
    const auto remove = std::format("l4d2ctl delete {}", server.server);
    const auto found = [](Verdict verdict, std::string what, std::string action) {
        return Finding{Check::leftovers, verdict, std::move(what), std::move(action)};
    };
    if (server.mounted && !server.overlay_active)
        return found(Verdict::problem, std::format("server {} is still mounted, and down", name),
                     orphan ? remove : std::format("l4d2ctl stop {}", server.server));
    if (!server.mounted && server.overlay_active)
        return found(Verdict::problem,
                     std::format("server {} is up, and its layers are not mounted", name),
                     std::format("l4d2ctl stop {0} and l4d2ctl start {0}", server.server));
    if (orphan && (server.tree || server.overlay_active))
        return found(Verdict::warning,
                     std::format("server {} has no configuration, and what it wrote is there", name),
                     remove);
    if (server.record && !server.mounted)
        return found(Verdict::warning,
                     std::format("server {} has a record of a mount that is not there", name),
                     std::format("rm {}/mounts/{}.json", path::run, server.server));
    return std::nullopt;
}

} // namespace

Findings judge_leftovers(const std::vector<LiveState>& servers)
{
    Findings findings;
    for (const auto& server : servers)
        if (auto finding = judge_live_state(server))
            findings.push_back(std::move(*finding));
    findings =
        or_ok(std::move(findings), Check::leftovers, "nothing is mounted or kept without its server");
    if (!std::ranges::all_of(servers, [](const auto& server) { return server.initialised.has_value(); }))
        findings.push_back(
            not_checked(Check::leftovers, {ExitStatus::not_permitted,
                                           "only root can see which servers have a configuration"}));
    return findings;
}

bool has_problem(const Findings& findings)
{
    return std::ranges::contains(findings, Verdict::problem, &Finding::verdict);
}

std::string format_findings(const Findings& findings)
{
    std::string text;
    for (const auto& finding : findings)
        text += std::format("{:<11}  {:<12}  {}{}{}\n", name_of(finding.verdict), id_of(finding.check),
                            finding.what, finding.action.empty() ? "" : "; ", finding.action);
    const auto number = [&](Verdict verdict) {
        return static_cast<std::size_t>(std::ranges::count(findings, verdict, &Finding::verdict));
    };
    const auto problems = number(Verdict::problem);
    return std::format("{}\n{}, {}, {}, {} not checked, {} ok\n", text,
                       problems == 0 ? "no problem" : counted(problems, "problem"),
                       counted(number(Verdict::warning), "warning"),
                       counted(number(Verdict::note), "note"), number(Verdict::not_checked),
                       number(Verdict::ok));
}

std::string format_findings_json(const Findings& findings)
{
    ordered_json all = ordered_json::array();
    for (const auto& [check, verdict, what, action] : findings) {
        auto word = std::string(name_of(verdict));
        std::ranges::replace(word, ' ', '_');
        all.push_back({{"id", id_of(check)},
                       {"verdict", word},
                       {"what", what},
                       {"action", action.empty() ? ordered_json(nullptr) : ordered_json(action)}});
    }
    return all.dump(2) + '\n';
}

} // namespace left4me
