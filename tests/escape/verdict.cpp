#include "verdict.hpp"

#include "bus_policy.hpp"
#include "emulation.hpp"

#include <algorithm>
#include <format>
#include <set>
#include <utility>

namespace left4me::escape {
namespace {

const std::string launcher_key = "without left4me-launch";
const std::string packet_rules_key = "without the packet rules";
const std::string bus_policy_key = "without the policy of the bus";

Words all_attempts(const std::vector<Case>& cases)
{
    Words attempts;
    for (const auto& attack : cases)
        attempts.push_back(attack.attempt);
    return attempts;
}

Words attempts_of(const std::vector<Case>& cases, const std::string& key)
{
    Words attempts;
    for (const auto& attack : cases)
        if (flip_of(attack).key() == key || all_layers_of(attack).key() == key)
            attempts.push_back(attack.attempt);
    return attempts;
}

Answers start_without(Stage& stage, const Taken& taken, const Words& attempts)
{
    switch (taken.flip) {
    case Flip::none:
        return {};
    case Flip::settings:
        return stage.in_the_unit_with(taken.settings, attempts);
    case Flip::launcher:
        return stage.in_the_unit_with("", attempts);
    case Flip::packet_rules:
        return stage.without_packet_rules([&] { return stage.in_the_unit(attempts); });
    case Flip::settings_and_packet_rules:
        return stage.without_packet_rules(
            [&] { return stage.in_the_unit_with(taken.settings, attempts); });
    case Flip::settings_and_bus_policy: {
        const test::NoBusPolicy none;
        return stage.in_the_unit_with(taken.settings, attempts);
    }
    }
    std::unreachable();
}

std::string result_of(const Answers& answers, const std::string& abi, const std::string& attempt)
{
    const auto found = answers.find(abi);
    return found == answers.end() ? "no answer" : found->second.result(attempt);
}

std::string control_result(const Case& attack, const Findings& findings, const std::string& abi,
                           const std::string& attempt)
{
    switch (attack.control) {
    case Control::uid:
        return result_of(findings.without_sandbox, abi, attempt);
    case Control::root:
        return result_of(findings.as_root, abi, attempt);
    case Control::kernel:
        return "-";
    }
    std::unreachable();
}

/// A kernel that does not know the call or the family shows nothing.
bool is_absent(const Case& attack, const std::string& control)
{
    return attack.control != Control::kernel && !std::ranges::contains(attack.reached, control) &&
           (control == "ENOSYS" || control == "EAFNOSUPPORT");
}

Verdict::Kind kind_of(const Case& attack, const Verdict& verdict)
{
    if (!std::ranges::contains(attack.blocked, verdict.unit))
        return Verdict::Kind::open;
    if (is_absent(attack, verdict.control))
        return Verdict::Kind::not_here;
    const bool reached =
        attack.control == Control::kernel || std::ranges::contains(attack.reached, verdict.control);
    const bool flipped =
        attack.flip == Flip::none || std::ranges::contains(attack.flipped, verdict.flip);
    const bool open = attack.rest.empty() || std::ranges::contains(attack.reached, verdict.all_layers);
    return reached && flipped && open ? Verdict::Kind::holds : Verdict::Kind::unproven;
}

Words abis_of(const Case& attack)
{
    switch (attack.abi) {
    case Abi::both:
        return test::kernel_runs_32_bit() ? Words{"32", "64"} : Words{"64"};
    case Abi::only32:
        return test::kernel_runs_32_bit() ? Words{"32"} : Words{};
    case Abi::only64:
        return {"64"};
    }
    std::unreachable();
}

std::string in_one_line(std::string settings)
{
    // The list that a case grants is longer than what it is about.
    for (auto at = settings.find("=CAP_"); at != std::string::npos; at = settings.find("=CAP_"))
        settings.replace(at, settings.find('\n', at) - at, "=all");
    while (settings.ends_with('\n'))
        settings.pop_back();
    for (auto at = settings.find('\n'); at != std::string::npos; at = settings.find('\n'))
        settings.replace(at, 1, "; ");
    return settings;
}

std::string joined(const Words& words, const std::string& between)
{
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

std::string cell(const Words& results)
{
    const std::set<std::string> different(results.begin(), results.end());
    return joined({different.begin(), different.end()}, ", ");
}

std::string shown(const Words& results, const Taken& taken)
{
    const auto key = taken.key();
    return key.empty() ? "-" : std::format("{} (`{}`)", cell(results), in_one_line(key));
}

std::string line_of(const Case& attack, const std::vector<Verdict>& verdicts)
{
    Words controls;
    Words flips;
    Words opened;
    Words kinds;
    std::map<std::string, std::string> unit = {{"32", "-"}, {"64", "-"}};
    for (const auto& verdict : verdicts) {
        unit[verdict.abi] = verdict.unit;
        controls.push_back(verdict.control);
        flips.push_back(verdict.flip);
        opened.push_back(verdict.all_layers);
        kinds.push_back(name_of(verdict.kind));
    }
    const auto flip =
        std::format("{}{}", shown(flips, flip_of(attack)),
                    attack.rest.empty() ? "" : "; " + shown(opened, all_layers_of(attack)));
    return std::format("| {} | `{}` | {} | {} | {} | {} | {} | {} |\n", attack.row, attack.attempt,
                       unit["32"], unit["64"], cell(controls), flip, attack.layers, cell(kinds));
}

} // namespace

std::string Taken::key() const
{
    switch (flip) {
    case Flip::none:
        return "";
    case Flip::settings:
        return settings;
    case Flip::launcher:
        return launcher_key;
    case Flip::packet_rules:
        return packet_rules_key;
    case Flip::settings_and_packet_rules:
        return settings + packet_rules_key;
    case Flip::settings_and_bus_policy:
        return settings + bus_policy_key;
    }
    std::unreachable();
}

Taken flip_of(const Case& attack)
{
    return {attack.flip, attack.settings};
}

Taken all_layers_of(const Case& attack)
{
    if (attack.rest.empty())
        return {};
    return {Flip::settings, attack.settings + attack.rest};
}

Findings find_out(Stage& stage, const std::vector<Case>& cases)
{
    const auto all = all_attempts(cases);
    Findings findings;
    findings.without_sandbox = stage.without_sandbox(all);
    findings.as_root = stage.as_root(all);
    findings.reached_outside = stage.somebody_was_reached();
    findings.unit = stage.in_the_unit(all);
    findings.reached_inside = stage.somebody_was_reached();
    findings.peer_plays = Stage::peer_plays();
    for (const auto& attack : cases)
        for (const auto& taken : {flip_of(attack), all_layers_of(attack)})
            if (const auto key = taken.key(); !key.empty() && !findings.flips.contains(key))
                findings.flips[key] = start_without(stage, taken, attempts_of(cases, key));
    return findings;
}

std::vector<Verdict> judge(const Case& attack, const Findings& findings, const Stage& stage)
{
    const auto attempt = stage.fill_in(attack.attempt);
    const auto without = [&](const Taken& taken, const std::string& abi) {
        const auto key = taken.key();
        return key.empty() ? "-" : result_of(findings.flips.at(key), abi, attempt);
    };
    std::vector<Verdict> verdicts;
    for (const auto& abi : abis_of(attack)) {
        Verdict verdict = {.kind = Verdict::Kind::holds,
                           .abi = abi,
                           .unit = result_of(findings.unit, abi, attempt),
                           .control = control_result(attack, findings, abi, attempt),
                           .flip = without(flip_of(attack), abi),
                           .all_layers = without(all_layers_of(attack), abi)};
        verdict.kind = kind_of(attack, verdict);
        verdicts.push_back(std::move(verdict));
    }
    return verdicts;
}

std::string name_of(Verdict::Kind kind)
{
    switch (kind) {
    case Verdict::Kind::holds:
        return "holds";
    case Verdict::Kind::open:
        return "**OPEN**";
    case Verdict::Kind::unproven:
        return "**unproven**";
    case Verdict::Kind::not_here:
        return "not in this kernel";
    }
    std::unreachable();
}

std::string markdown(const std::vector<Case>& cases, const Findings& findings, const Stage& stage)
{
    std::string text = "| row | attempt | 32-bit | 64-bit | control | flip | by | verdict "
                       "|\n|---|---|---|---|---|---|---|---|\n";
    for (const auto& attack : cases)
        text += line_of(attack, judge(attack, findings, stage));
    text += "\n| row | what | shown by | control | flip |\n|---|---|---|---|---|\n";
    for (const auto& other : other_rows())
        text += std::format("| {} | {} | {} | {} | {} |\n", other.row, other.what,
                            other.tests.empty() ? other.reason : joined(other.tests, "<br>"),
                            other.control.empty() ? "-" : other.control,
                            other.flip.empty() ? "-" : other.flip);
    return text;
}

} // namespace left4me::escape
