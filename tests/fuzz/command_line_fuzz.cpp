// The command lines of all programs: the words of an input end with NUL, as in
// /proc/PID/cmdline, and the first is the program.
#include "console/command_line.hpp"

#include "programs/programs.hpp"
#include "property.hpp"

#include <map>
#include <ranges>

namespace left4me {
namespace {

using Words = std::vector<std::string>;

const std::map<std::string, const Program*, std::less<>> programs = {
    {"l4d2ctl", &l4d2ctl},
    {"left4me-journalctl", &left4me_journalctl},
    {"left4me-launch", &left4me_launch},
    {"left4me-network-rules", &left4me_network_rules},
    {"left4me-overlay", &left4me_overlay},
    {"left4me-script-sandbox", &left4me_script_sandbox},
    {"left4me-systemctl", &left4me_systemctl},
    {"left4me-workcopy", &left4me_workcopy},
};

template <class Parser>
auto parse(Parser parser, const Program& program, const Words& words)
{
    std::vector<const char*> argv = {"program"};
    for (const auto& word : words)
        argv.push_back(word.c_str());
    const int argc = static_cast<int>(argv.size());
    argv.push_back(nullptr);
    return parser(program, argc, argv.data());
}

Words words_of_option(const Parameter& option, const Arguments& arguments)
{
    if (option.value == Value::none) {
        const auto name = arguments.flag(option.name) ? option.name : option.opposite;
        return name.empty() ? Words() : Words{name}; // --json=false
    }
    const auto text = arguments.text(option.name);
    return text.empty() ? Words{option.name, ""} : Words{option.name + '=' + text};
}

/// The words that ask for the same, in one way of many: the verb, its options, each with
/// its value behind '=', and its words.
Words words_of(const Command& command)
{
    Words words;
    for (const auto word : std::views::split(command.verb->words, ' '))
        if (!word.empty())
            words.emplace_back(std::string_view(word));
    Words behind = {"--"};
    for (const auto& parameter : command.verb->parameters) {
        if (!command.arguments.has(parameter.name))
            continue;
        if (parameter.is_option())
            std::ranges::copy(words_of_option(parameter, command.arguments), std::back_inserter(words));
        else
            std::ranges::copy(command.arguments.texts(parameter.name), std::back_inserter(behind));
    }
    if (behind.size() > 1)
        words.insert(words.end(), behind.begin(), behind.end());
    return words;
}

Words words_in(std::string_view text)
{
    Words words;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find('\0'));
        words.emplace_back(word);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return words;
}

void check_accepted(const Program& program, const Words& given)
{
    const auto command = parse(parse_command_line, program, given);
    require(command.has_value(), "what can be acted on is a command line");
    const auto asked = words_of(*command);
    for (const auto& parameter : command->verb->parameters)
        if (!parameter.is_option() && parameter.value != Value::number)
            for (const auto& text : command->arguments.texts(parameter.name))
                require(std::ranges::contains(given, text),
                        "a name is a word of the command line, as it is");
    const auto again = parse(parse_command_line, program, asked);
    require(again && again->verb == command->verb && words_of(*again) == asked,
            "the same request in other words is the same");
}

void check_refused(const Error& error)
{
    if (error.status == ExitStatus::ok)
        require(error.message.ends_with('\n'), "what was asked for is whole lines");
    else
        require_refusal(error, ExitStatus::usage);
}

} // namespace
} // namespace left4me

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace left4me;
    auto words = words_in(text_of(data, size));
    const auto program = words.empty() ? programs.end() : programs.find(words.front());
    if (program == programs.end())
        return -1;
    words.erase(words.begin());
    if (const auto act = parse(parse_act, *program->second, words))
        check_accepted(*program->second, words);
    else
        check_refused(act.error());
    return 0;
}
