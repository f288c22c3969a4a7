#include "directives.hpp"

#include <algorithm>
#include <format>
#include <set>
#include <sstream>

namespace left4me::escape {
namespace {

/// Names before "=" in a drop-in's lines.
std::set<std::string> names_in(const std::string& settings)
{
    std::set<std::string> names;
    std::istringstream lines(settings);
    for (std::string line; std::getline(lines, line);)
        names.insert(line.substr(0, line.find('=')));
    return names;
}

void add_new(Words& words, const std::string& word)
{
    if (!std::ranges::contains(words, word))
        words.push_back(word);
}

std::string cell(const Words& words)
{
    std::string text;
    for (const auto& word : words)
        text += std::format("{}{}", text.empty() ? "" : ", ", word);
    return text;
}

/// A row of the attack table has many attempts: it stands for them. A unit's own has one
/// for each directive.
std::string name_of(const std::string& unit, const Case& attack)
{
    return attack.row == unit ? std::format("`{}`", attack.attempt) : attack.row;
}

std::string line_of(const Evidence& evidence)
{
    Words others;
    for (const auto& reason : evidence.reasons) {
        for (const auto& test : reason.tests)
            others.push_back(std::format("`{}`", test));
        if (!reason.why.empty())
            others.push_back(reason.why);
    }
    return std::format("| `{}=` | {} | {} | {} |\n", evidence.directive, cell(evidence.alone),
                       cell(evidence.with_others), cell(others));
}

} // namespace

Words units()
{
    Words all = {"left4me-server@", "left4me-build@", "left4me-steamcmd"};
    all.insert(all.end(), other_units.begin(), other_units.end());
    return all;
}

Words directives_in(std::string_view unit_file)
{
    std::set<std::string> names;
    std::istringstream lines{std::string(unit_file)};
    bool in_service = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('['))
            in_service = line == "[Service]";
        else if (in_service && !line.empty() && !line.starts_with('#'))
            names.insert(line.substr(0, line.find('=')));
    }
    return {names.begin(), names.end()};
}

std::vector<Case> cases_in(const std::string& unit, const Words& directives)
{
    if (unit == "left4me-server@")
        return cases();
    if (unit == "left4me-build@")
        return build_cases(BuildUnit::native);
    if (unit == "left4me-steamcmd")
        return steamcmd_cases();
    return unit_cases(unit, directives);
}

std::vector<Evidence> evidence_for(const std::string& unit, std::string_view unit_file)
{
    const auto directives = directives_in(unit_file);
    const auto attacks = cases_in(unit, directives);
    std::vector<Evidence> all;
    for (const auto& directive : directives) {
        Evidence evidence = {.directive = directive, .alone = {}, .with_others = {}, .reasons = {}};
        for (const auto& attack : attacks) {
            const bool by_settings =
                attack.flip == Flip::settings || attack.flip == Flip::settings_and_packet_rules;
            const auto gone = by_settings ? names_in(attack.settings) : std::set<std::string>{};
            const bool alone = attack.flip == Flip::settings && gone == std::set{directive};
            if (alone)
                add_new(evidence.alone, name_of(unit, attack));
            else if (gone.contains(directive) || names_in(attack.rest).contains(directive))
                add_new(evidence.with_others, name_of(unit, attack));
        }
        std::erase_if(evidence.with_others,
                      [&](const auto& row) { return std::ranges::contains(evidence.alone, row); });
        for (const auto& reason : reasons())
            if (reason.directive == directive &&
                (reason.units.empty() || std::ranges::contains(reason.units, unit)))
                evidence.reasons.push_back(reason);
        all.push_back(std::move(evidence));
    }
    return all;
}

std::string directives_page(const std::map<std::string, std::string>& files)
{
    std::string text = R"(# Every directive, and what shows that it matters

Made from the attack catalogue (`tests/escape`) and the units by `ci/test unit`, which fails
when this page is another one. "Alone": rows of the attack table, or attempts, that `ci/escape`
has seen get another answer when that one directive is taken away. "With others": they succeed
when it goes together with the layers that hold beside it. "Else": other tests that fail
without it, or the reason why it is there.
)";
    for (const auto& unit : units()) {
        text += std::format("\n## {}\n\n| directive | alone | with others | else |\n|---|---|---|---|\n",
                            unit);
        for (const auto& evidence : evidence_for(unit, files.at(unit)))
            text += line_of(evidence);
    }
    return text;
}

} // namespace left4me::escape
