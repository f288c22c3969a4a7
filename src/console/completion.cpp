#include "console/completion.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <utility>

namespace left4me {
namespace {

constexpr std::string_view help_text = "Show this help and exit";

std::string replaced(std::string text, std::string_view what, std::string_view by)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

std::string fill(std::string frame, std::string_view table)
{
    constexpr std::string_view mark = "#@VERBS@\n";
    if (const auto at = frame.find(mark); at != std::string::npos)
        frame.replace(at, mark.size(), table);
    return frame;
}

std::string_view kind_of(Value value)
{
    switch (value) {
    case Value::none:
    case Value::choice:
        break;
    case Value::text:
        return "text";
    case Value::number:
        return "number";
    case Value::server:
        return "server";
    case Value::layer:
        return "layer";
    case Value::file:
        return "file";
    case Value::spec:
        return "spec";
    }
    return "";
}

/// The names of an option: "-f", "--file".
std::vector<std::string> names_of(const Parameter& option)
{
    std::vector<std::string> names;
    for (const auto& name : {option.letter, option.name, option.opposite})
        if (!name.empty())
            names.push_back(name);
    return names;
}

std::vector<Parameter> words_of(const Verb& verb)
{
    auto words = verb.parameters;
    std::erase_if(words, [](const Parameter& parameter) { return parameter.is_option(); });
    return words;
}

std::vector<Parameter> options_of(const Verb& verb)
{
    auto options = verb.parameters;
    std::erase_if(options, [](const Parameter& parameter) { return !parameter.is_option(); });
    return options;
}

std::string last_word(const Verb& verb)
{
    const auto group = group_of(verb);
    return group.empty() ? verb.words : verb.words.substr(group.size() + 1);
}

// --- bash --------------------------------------------------------------------

std::string bash_kind(const Parameter& parameter)
{
    return (parameter.value == Value::choice ? join(parameter.choices, "|")
                                             : std::string(kind_of(parameter.value))) +
           (parameter.many ? "*" : "");
}

std::string bash_option(const Parameter& option)
{
    return join(names_of(option), " ", [&](const std::string& name) {
        return option.value == Value::none ? name : formatted("{}={}", name, bash_kind(option));
    });
}

// --- zsh ---------------------------------------------------------------------

std::string in_quotes(const std::string& text)
{
    return '\'' + replaced(text, "'", "'\\''") + '\'';
}

std::string zsh_action(const Parameter& parameter)
{
    switch (parameter.value) {
    case Value::none:
    case Value::text:
    case Value::number:
        return " ";
    case Value::choice:
        return '(' + join(parameter.choices, " ") + ')';
    case Value::server:
        return R"({_l4d2ctl_names servers})";
    case Value::layer:
        return R"({_l4d2ctl_names layers})";
    case Value::file:
        return "_files";
    case Value::spec:
        return "_files -g \"*.(yaml|yml)\"";
    }
    std::unreachable();
}

std::string zsh_option(const Parameter& option)
{
    const auto names = names_of(option);
    const auto help = replaced(replaced(option.help, "[", "\\["), "]", "\\]");
    std::string value;
    if (option.value != Value::none)
        value = formatted(":{}:{}", option.called, zsh_action(option));
    const auto others = names.size() > 1 ? formatted("({})", join(names, " ")) : "";
    return join(names, " ", [&](const std::string& name) {
        return in_quotes(formatted("{}{}[{}]{}", others, name, help, value));
    });
}

std::string zsh_word(const Parameter& word, std::size_t place)
{
    if (word.many)
        return in_quotes(formatted("*:{}:{}", word.name, zsh_action(word)));
    return in_quotes(
        formatted("{}{}:{}:{}", place, word.required ? "" : ":", word.name, zsh_action(word)));
}

std::string zsh_specs(const Verb& verb)
{
    std::string specs;
    std::size_t place = 0;
    for (const auto& word : words_of(verb))
        specs += ' ' + zsh_word(word, ++place);
    for (const auto& option : options_of(verb))
        specs += ' ' + zsh_option(option);
    return specs;
}

std::string zsh_choice(const std::string& word, const std::string& help)
{
    return in_quotes(formatted("{}:{}", word, help));
}

/// The words that come next after a group, or with an empty one after the program.
std::string zsh_choices(const Program& program, std::string_view group)
{
    std::string choices;
    for (const auto& verb : program.verbs)
        if (group_of(verb) == group)
            choices += ' ' + zsh_choice(last_word(verb), verb.help);
    if (group.empty())
        for (const auto& one : program.groups)
            choices += ' ' + zsh_choice(one.word, one.help);
    return choices;
}

// --- fish --------------------------------------------------------------------

std::string fish_quotes(const std::string& text)
{
    return '\'' + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + '\'';
}

/// What a value can be, as switches of complete.
std::string fish_values(const Parameter& parameter)
{
    switch (parameter.value) {
    case Value::none:
        return "";
    case Value::text:
    case Value::number:
        return " -x";
    case Value::choice:
        return formatted(" -x -a '{}'", join(parameter.choices, " "));
    case Value::server:
        return " -x -k -a '(__l4d2ctl_names servers)'";
    case Value::layer:
        return " -x -k -a '(__l4d2ctl_names layers)'";
    case Value::file:
    case Value::spec:
        return " -r -F";
    }
    std::unreachable();
}

std::string fish_line(const Program& program, std::string_view place, std::string_view verb,
                      std::string_view rest)
{
    const auto where = formatted("__l4d2ctl_at {}{}{}", place, verb.empty() ? "" : " ", verb);
    return formatted("complete -c {} -n '{}'{}\n", program.name, where, rest);
}

std::string fish_choice(const Program& program, std::string_view group, const std::string& word,
                        const std::string& help)
{
    return fish_line(program, "1", group, formatted(" -a {} -d {}", word, fish_quotes(help)));
}

std::string fish_option(const Program& program, const Verb& verb, const Parameter& option)
{
    std::string text;
    const auto help = " -d " + fish_quotes(option.help);
    const auto long_name = formatted(" -l {}", option.name.substr(2));
    const auto letter =
        option.letter.empty() ? std::string() : formatted(" -s {}", option.letter.substr(1));
    text += fish_line(program, "0", verb.words, letter + long_name + fish_values(option) + help);
    if (!option.opposite.empty())
        text +=
            fish_line(program, "0", verb.words, formatted(" -l {}{}", option.opposite.substr(2), help));
    return text;
}

std::string fish_words(const Program& program, const Verb& verb)
{
    std::string text;
    std::size_t place = 0;
    for (const auto& word : words_of(verb)) {
        ++place;
        auto values = fish_values(word);
        if (values == " -x")
            continue;
        // -x and -r are of an option's value.
        values = replaced(replaced(values, " -x", ""), " -r", "");
        text += fish_line(program, formatted("{}{}", place, word.many ? "+" : ""), verb.words, values);
    }
    return text;
}

/// The options that take a value, each behind its verb: -f is another thing in another verb.
std::string fish_valued(const Program& program)
{
    std::string all;
    for (const auto& verb : program.verbs)
        for (const auto& option : options_of(verb))
            if (option.value != Value::none)
                for (const auto& name : names_of(option))
                    all += formatted(" '{} {}'", verb.words, name);
    return all;
}

} // namespace

std::string bash_completion(const Program& program, std::string frame)
{
    std::string table;
    for (const auto& verb : program.verbs)
        table +=
            formatted("_l4d2ctl_verb '{}' '{}' '{}'\n", verb.words, join(words_of(verb), " ", bash_kind),
                      join(options_of(verb), " ", bash_option));
    return fill(std::move(frame), table);
}

std::string zsh_completion(const Program& program, std::string frame)
{
    std::string table = formatted("    '') choices=({}) ;;\n", zsh_choices(program, "").substr(1));
    for (const auto& group : program.groups)
        table += formatted("    {}) choices=({}) ;;\n", group.word,
                           zsh_choices(program, group.word).substr(1));
    for (const auto& verb : program.verbs)
        table += formatted("    '{}') specs=({}) ;;\n", verb.words,
                           zsh_specs(verb).empty() ? "" : zsh_specs(verb).substr(1));
    return fill(std::move(frame), table);
}

std::string fish_completion(const Program& program, std::string frame)
{
    std::string table = formatted("set -g __l4d2ctl_valued{}\n", fish_valued(program));
    table += formatted("complete -c {} -s h -l help -d '{}'\n", program.name, help_text);
    table += fish_line(program, "1", "", " -l version -d 'Show the version'");
    for (const auto& group : program.groups)
        table += fish_choice(program, "", group.word, group.help);
    for (const auto& verb : program.verbs) {
        table += fish_choice(program, group_of(verb), last_word(verb), verb.help);
        table += fish_words(program, verb);
        for (const auto& option : options_of(verb))
            table += fish_option(program, verb, option);
    }
    return fill(std::move(frame), table);
}

} // namespace left4me
