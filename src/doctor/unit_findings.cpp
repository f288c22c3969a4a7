#include "doctor/unit_findings.hpp"

#include "doctor/kernel_findings.hpp"
#include "host/unit_names.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace left4me {

Findings judge_packet_rules(const PacketRules& facts)
{
    const auto& unit = packet_rules_unit;
    const auto problem = [](std::string what, std::string action) -> Findings {
        return {{Check::packet_rules, Verdict::problem, std::move(what), std::move(action)}};
    };
    if (facts.active_state != "active") {
        if (facts.servers_run || facts.active_state == "failed")
            return problem(formatted("{} is {}", unit, facts.active_state),
                           formatted("systemctl start {}", unit));
        return {{Check::packet_rules, Verdict::ok,
                 formatted("{} is {}: the first server starts it", unit, facts.active_state)}};
    }
    const auto reload = formatted("systemctl reload {}", unit);
    if (!facts.table)
        return {not_checked(Check::packet_rules, facts.table.error())};
    if (!*facts.table)
        return problem("table inet left4me is gone: servers reach what listens on loopback", reload);
    if (facts.newer_file)
        return problem(formatted("the packet rules are older than their file {}", *facts.newer_file),
                       reload);
    const PacketTable& table = **facts.table;
    for (const auto* chain :
         {"output", "game", "elsewhere", "local", "build", "job", "refused", "marks"}) {
        const auto found = table.rules.find(chain);
        if (found == table.rules.end() || found->second == 0)
            return problem(formatted("chain {} of table inet left4me is {}", chain,
                                     found == table.rules.end() ? "gone" : "empty"),
                           reload);
    }
    for (const auto& [whose, slice, chain] :
         {std::tuple("servers", "l4d2.slice/l4d2-game.slice", "game"),
          {"builds", "l4d2.slice/l4d2-build.slice", "build"}}) {
        const auto found = table.jumps.find(slice);
        if (found == table.jumps.end() || !found->second.contains(chain))
            return problem(formatted("table inet left4me does not match the {}' slice", whose), reload);
    }
    for (const auto& [chain, count] : table.accepts) {
        const auto shipped = std::ranges::find(shipped_accepts, chain, &ShippedAccepts::chain);
        if (count > (shipped == shipped_accepts.end() ? 0 : shipped->count))
            return problem(
                formatted("a rule that is not the package's accepts packets in chain {} of "
                          "table inet left4me, before the package's rules look at them",
                          chain),
                "take it out of /etc/left4me/nftables.d, where sets alone are added to, and " + reload);
    }
    if (!table.is_owned)
        return problem("table inet left4me has no owner: flushing the host's rules takes it away",
                       reload);
    return {{Check::packet_rules, Verdict::ok, "table inet left4me has its chains and rules"}};
}

namespace {

/// A template for the unit of a server: "left4me-server@.service".
std::string template_of(std::string_view unit)
{
    const auto at = unit.find('@');
    if (at == std::string_view::npos)
        return std::string(unit);
    return formatted("{}{}", unit.substr(0, at + 1), unit.substr(unit.rfind('.')));
}

Finding finding_of(const UnitChange& change, const std::string& unit)
{
    const auto set = formatted("{} sets {}={}", quote(change.path), change.key, escaped(change.value));
    constexpr std::size_t readable = 60; // the list of system calls is not
    switch (change.effect) {
    case Effect::documented:
        return {Check::units, Verdict::note, set};
    case Effect::unknown:
        return {Check::units, Verdict::warning, formatted("{}, which {} leaves alone", set, unit),
                "see whether the servers need it, and what it opens"};
    case Effect::weakens:
        return {Check::units, Verdict::problem,
                formatted("{}, and {} has {}", set, unit,
                          change.shipped.empty()             ? "none of it"
                          : change.shipped.size() > readable ? "another list"
                                                             : escaped(change.shipped)),
                "take it out, systemctl daemon-reload, and l4d2ctl restart the servers"};
    }
    std::unreachable();
}

void judge_unit(const UnitFacts& facts, Findings& findings)
{
    // What holds for a template is found again for each server.
    const auto add = [&](Finding finding) { add_once(findings, std::move(finding)); };
    if (facts.load_state != "loaded")
        return add({Check::units, Verdict::problem,
                    formatted("{} is {}", facts.unit, escaped(facts.load_state)),
                    formatted("systemctl revert {}", facts.unit)});
    if (facts.needs_reload)
        add({Check::units, Verdict::warning,
             formatted("the files of {} have changed since systemd read them", facts.unit),
             "systemctl daemon-reload"});
    if (facts.fragment_path != facts.shipped_path)
        add({Check::units, Verdict::warning,
             formatted("{} replaces {}: upgrades do not reach it", quote(facts.fragment_path),
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
        missing.push_back(formatted("it is in the host's {} namespace", kind));
    const auto expect = [&](std::string_view field, std::string_view value) {
        const auto is = status_field(process.status, field);
        if (is != value)
            missing.push_back(formatted("{} is {} and not {}", field, escaped(is), value));
    };
    expect("NoNewPrivs", "1");
    expect("Seccomp", "2");
    expect("CapEff", "0000000000000000");
    const auto confined = apparmor_profile + " (enforce)";
    if (process.label && *process.label != confined)
        missing.push_back(formatted("its AppArmor label is {}", quote(*process.label)));
    return missing;
}

} // namespace

Findings judge_sandbox(const std::vector<Result<ServerProcess>>& servers)
{
    Findings findings;
    ServerFindings of_servers(Check::sandbox);
    for (const auto& server : servers) {
        if (!server)
            add_once(findings, not_checked(Check::sandbox, server.error()));
        else if (auto what = join(missing_of(*server)); !what.empty())
            of_servers.add(server->server, Verdict::problem, std::move(what),
                           "mend what check units names, then l4d2ctl restart @");
    }
    append(findings, of_servers.all());
    return or_ok(std::move(findings), Check::sandbox,
                 servers.empty()
                     ? "no server runs"
                     : formatted("in force on {}", counted(servers.size(), "running server")));
}

Findings judge_servers(const std::vector<ServerCondition>& servers)
{
    ServerFindings findings(Check::servers);
    for (const auto& [server, problem] : servers)
        if (!problem.empty())
            findings.add(
                server, Verdict::problem, problem,
                "l4d2ctl logs # says why; l4d2ctl restart @ tries again, l4d2ctl stop @ gives up");
    return or_ok(findings.all(), Check::servers,
                 servers.empty()
                     ? "no server is to run"
                     : formatted("{} as asked", servers.size() == 1
                                                    ? "1 server runs"
                                                    : formatted("{} servers run", servers.size())));
}

Findings judge_jobs(const Host& host, const std::vector<std::string>& units,
                    const std::vector<FailedJob>& jobs)
{
    Findings findings;
    for (const auto& unit : units)
        findings.push_back({Check::jobs, Verdict::problem, formatted("{} failed", escaped(unit)),
                            formatted("journalctl -u {0} says why; then systemctl restart {0}, or "
                                      "systemctl reset-failed {0}",
                                      escaped(unit))});
    // Of the last day: whoever asked for one was told.
    const auto shown = join(jobs, "; ", [](const FailedJob& job) {
        return formatted("job {} {}", escaped(job.id), job.how);
    });
    if (!jobs.empty())
        findings.push_back({Check::jobs, Verdict::warning, shown,
                            formatted("read its log in {0}/jobs/ID/log; it is told of for a day, or "
                                      "until {0}/jobs/ID is removed",
                                      host.state())});
    return or_ok(std::move(findings), Check::jobs, "no job and no timer of the package has failed");
}

} // namespace left4me
