#include "doctor/findings.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/shown_text.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace left4me {
namespace {

using nlohmann::ordered_json;

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
    case Check::servers:
        return "servers";
    case Check::jobs:
        return "jobs";
    case Check::programs:
        return "programs";
    case Check::settings:
        return "settings";
    case Check::loader:
        return "loader";
    case Check::game:
        return "game";
    case Check::sdk32:
        return "sdk32";
    case Check::layers:
        return "layers";
    case Check::modes:
        return "modes";
    case Check::rcon:
        return "rcon";
    case Check::room:
        return "room";
    case Check::quota:
        return "quota";
    case Check::leftovers:
        return "leftovers";
    case Check::answer:
        return "answer";
    case Check::steam:
        return "steam";
    case Check::secure:
        return "secure";
    case Check::console:
        return "console";
    case Check::cvarlist:
        return "cvarlist";
    case Check::map_change:
        return "map-change";
    case Check::plugins:
        return "plugins";
    case Check::rest:
        return "rest";
    case Check::stop:
        return "stop";
    case Check::killed:
        return "killed";
    case Check::calls:
        return "calls";
    case Check::files:
        return "files";
    }
    std::unreachable();
}

std::string word_of(Verdict verdict)
{
    auto word = std::string(verdict_word(verdict));
    std::ranges::replace(word, ' ', '_');
    return word;
}

/// Of the values up to the last one, the one that is called so.
template <class Kind, class NameOf>
Kind called(const std::string& name, Kind last, NameOf name_of_kind)
{
    for (int i = 0; i <= static_cast<int>(last); ++i)
        if (name_of_kind(static_cast<Kind>(i)) == name)
            return static_cast<Kind>(i);
    throw std::invalid_argument("no finding is called so");
}

} // namespace

std::string_view verdict_word(Verdict verdict)
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

Finding not_checked(Check check, const Error& error)
{
    const bool as_root = error.status == ExitStatus::not_permitted;
    return {check, Verdict::not_checked, error.message, as_root ? "run this as root" : ""};
}

std::string counted(std::size_t number, std::string_view noun)
{
    return formatted("{} {}{}", number, noun, number == 1 ? "" : "s");
}

void add_once(Findings& findings, Finding finding)
{
    if (!std::ranges::contains(findings, finding))
        findings.push_back(std::move(finding));
}

void ServerFindings::add(const std::string& server, Verdict verdict, std::string what,
                         std::string action)
{
    const Finding of_one = {check_, verdict, std::move(what), std::move(action)};
    auto group = std::ranges::find(groups_, of_one, &Group::of_one);
    if (group == groups_.end())
        group = groups_.insert(group, {of_one, {}});
    group->servers.push_back(server);
}

Findings ServerFindings::all() const
{
    Findings findings;
    for (auto [finding, servers] : groups_) {
        std::ranges::sort(servers, NaturalLess());
        finding.what =
            formatted("server{} {}: {}", servers.size() == 1 ? "" : "s",
                      join(servers, ", ", [](const auto& one) { return quote(one); }), finding.what);
        const std::map<char, std::string> names = {
            {'@', join(servers, " ")}, {'#', servers.size() == 1 ? servers.front() : "NAME"}};
        std::string action;
        for (const char c : finding.action)
            action += names.contains(c) ? names.at(c) : std::string(1, c);
        finding.action = std::move(action);
        findings.push_back(std::move(finding));
    }
    return findings;
}

Findings or_ok(Findings findings, Check check, std::string what)
{
    if (findings.empty())
        findings.push_back({check, Verdict::ok, std::move(what)});
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
        text += formatted("{:<11}  {:<12}  {}{}{}\n", verdict_word(finding.verdict),
                          id_of(finding.check), escaped(finding.what),
                          finding.action.empty() ? "" : "; ", escaped(finding.action));
    const auto number = [&](Verdict verdict) {
        return static_cast<std::size_t>(std::ranges::count(findings, verdict, &Finding::verdict));
    };
    const auto problems = number(Verdict::problem);
    return formatted("{}\n{}, {}, {}, {} not checked, {} ok\n", text,
                     problems == 0 ? "no problem" : counted(problems, "problem"),
                     counted(number(Verdict::warning), "warning"),
                     counted(number(Verdict::note), "note"), number(Verdict::not_checked),
                     number(Verdict::ok));
}

std::string format_findings_json(const Findings& findings)
{
    ordered_json all = ordered_json::array();
    for (const auto& [check, verdict, what, action] : findings)
        all.push_back({{"id", id_of(check)},
                       {"verdict", word_of(verdict)},
                       {"what", what},
                       {"action", action.empty() ? ordered_json(nullptr) : ordered_json(action)}});
    return escaped_json(all.dump(2, ' ', false, ordered_json::error_handler_t::replace)) + '\n';
}

Result<Findings> parse_findings_json(std::string_view json)
try {
    Findings findings;
    for (const auto& one : ordered_json::parse(json)) {
        const auto& action = one.at("action");
        findings.push_back({called(one.at("id").get<std::string>(), Check::files, id_of),
                            called(one.at("verdict").get<std::string>(), Verdict::not_checked, word_of),
                            one.at("what").get<std::string>(),
                            action.is_null() ? std::string() : action.get<std::string>()});
    }
    return findings;
} catch (const std::exception& error) {
    return fail(ExitStatus::bad_data, formatted("no findings: {}", escaped(error.what())));
}

} // namespace left4me
