#include "console/manual.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <ranges>
#include <set>
#include <vector>

namespace left4me {
namespace {

constexpr std::string_view opening = "{{";
constexpr std::string_view closing = "}}";

/// What scdoc would take for a mark of its own.
std::string plain(std::string_view text)
{
    std::string safe;
    for (const char c : text) {
        if (c == '_' || c == '*' || c == '\\')
            safe += '\\';
        safe += c;
    }
    return safe;
}

std::string option_usage(const Parameter& option)
{
    auto name = option.letter.empty() ? option.name : option.letter;
    if (!option.opposite.empty())
        return formatted("*{}*|*{}*", name, option.opposite);
    if (option.value == Value::none)
        return formatted("*{}*", name);
    return formatted("*{}* _{}_", name, option.called);
}

std::string usage_of(const Parameter& parameter)
{
    auto usage = parameter.is_option() ? option_usage(parameter) : formatted("_{}_", parameter.name);
    if (parameter.many)
        usage += "...";
    return parameter.required ? usage : formatted("[{}]", usage);
}

/// The lines of a block, which scdoc would join but for the marks at their ends.
std::string block(const std::vector<std::string>& lines)
{
    return join(lines, "++\n");
}

std::string synopsis(const Program& program, std::string_view called)
{
    const auto before = formatted("*{}*", called);
    std::vector<std::string> lines;
    for (const auto& verb : program.verbs)
        lines.push_back(manual_usage(verb, before));
    return block(lines);
}

std::string examples(const Program& program)
{
    std::vector<std::string> lines;
    for (const auto& verb : program.verbs)
        lines.push_back(plain(verb.example));
    return block(lines);
}

} // namespace

std::string manual_usage(const Verb& verb, std::string_view before)
{
    std::string usage(before);
    const auto add = [&](const std::string& part) { usage += (usage.empty() ? "" : " ") + part; };
    for (const auto word : std::views::split(verb.words, ' '))
        if (!word.empty())
            add(formatted("*{}*", std::string_view(word)));
    for (const auto& parameter : verb.parameters)
        add(usage_of(parameter));
    return usage;
}

Result<std::string> fill_manual(const Program& program, std::string_view called, std::string_view page)
{
    std::string text;
    std::set<std::string> missing;
    for (const auto& verb : program.verbs)
        if (!verb.words.empty())
            missing.insert(verb.words);
    while (!page.empty()) {
        const auto begin = page.find(opening);
        text += page.substr(0, begin);
        if (begin == std::string_view::npos)
            break;
        page.remove_prefix(begin + opening.size());
        const auto end = page.find(closing);
        const std::string mark(page.substr(0, end));
        page.remove_prefix(end == std::string_view::npos ? page.size() : end + closing.size());
        const auto verb = std::ranges::find(program.verbs, mark, &Verb::words);
        if (mark == "SYNOPSIS")
            text += synopsis(program, called);
        else if (mark == "EXAMPLES")
            text += examples(program);
        else if (verb != program.verbs.end() && missing.erase(mark) == 1)
            text += manual_usage(*verb);
        else
            return fail(ExitStatus::bad_data,
                        formatted("the page has {}, which is no verb of {}, or has it twice",
                                  quote(mark), program.name));
    }
    if (!missing.empty())
        return fail(ExitStatus::bad_data,
                    formatted("the page does not have the verb {}", quote(*missing.begin())));
    return text;
}

} // namespace left4me
