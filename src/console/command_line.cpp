#include "console/command_line.hpp"

#include "console/terminal_report.hpp"
#include "system/format.hpp"
#include "system/wait_notice.hpp"

#include <CLI/CLI.hpp> // here alone: it takes the compiler longer than all the rest
#include <algorithm>
#include <exception>
#include <list>

namespace left4me {
namespace {

/// A parameter, and where CLI11 puts what was given for it.
struct Slot {
    const Parameter& parameter;
    CLI::Option* option = nullptr;
    std::string text = {};
    std::vector<std::string> texts = {};
    std::uint64_t number = 0;
    bool flag = false;
};

void set_up(CLI::App& app)
{
    app.set_help_flag("-h,--help", "Show this help and exit");
    app.failure_message(CLI::FailureMessage::simple);
}

std::string option_names(const Parameter& parameter)
{
    std::string names = parameter.name;
    if (!parameter.letter.empty())
        names = parameter.letter + ',' + names;
    if (!parameter.opposite.empty())
        names += ",!" + parameter.opposite;
    return names;
}

CLI::Option* add_number(CLI::App& app, Slot& slot)
{
    const auto& parameter = slot.parameter;
    auto* option = app.add_option(option_names(parameter), slot.number, parameter.help);
    if (parameter.max != Parameter().max)
        option->check(CLI::Range(parameter.min, parameter.max));
    else if (parameter.min > 0)
        option->check(CLI::PositiveNumber);
    return option;
}

CLI::Option* add_words(CLI::App& app, Slot& slot)
{
    // CLI11 would take "[a,b]" for two words; by this, each is looked at as it is.
    app.validate_positionals();
    return app.add_option(slot.parameter.name, slot.texts, slot.parameter.help)
        ->check([name = slot.parameter.name](const std::string& word) {
            return word.starts_with('[') ? formatted("{} is no {}", quote(word), name) : std::string();
        });
}

CLI::Option* add_option(CLI::App& app, Slot& slot)
{
    const auto& parameter = slot.parameter;
    if (parameter.value == Value::none)
        return app.add_flag(option_names(parameter), slot.flag, parameter.help);
    if (parameter.value == Value::number)
        return add_number(app, slot);
    if (parameter.many)
        return add_words(app, slot);
    auto* option = app.add_option(option_names(parameter), slot.text, parameter.help);
    if (parameter.value == Value::choice)
        option->check(CLI::IsMember(parameter.choices).description(""));
    return option;
}

void add_parameter(CLI::App& app, Slot& slot)
{
    const auto& parameter = slot.parameter;
    slot.option = add_option(app, slot)->required(parameter.required);
    if (!parameter.called.empty())
        slot.option->type_name(parameter.called);
    if (!parameter.initial.empty())
        slot.option->default_str(parameter.initial);
}

/// The verb that the words begin with, as far as they name one.
struct Named {
    const Verb* verb = nullptr;
    const VerbGroup* group = nullptr;
};

std::string name_for_help(const Program& program, const Named& named)
{
    if (named.verb != nullptr)
        return full_name(program, *named.verb);
    return named.group == nullptr ? program.name : program.name + ' ' + named.group->word;
}

/// CLI11 would only say that a subcommand is missing.
Result<Named> find_verb(const Program& program, const std::vector<std::string>& words)
{
    const auto find = [&](const std::string& text) {
        const auto found = std::ranges::find(program.verbs, text, &Verb::words);
        return found == program.verbs.end() ? nullptr : &*found;
    };
    Named named;
    const auto no_verb = [&](const std::string& word) {
        return fail(ExitStatus::usage, formatted("there is no verb {} (see {} --help)", quote(word),
                                                 name_for_help(program, named)));
    };
    named.verb = find("");
    if (named.verb != nullptr || words.empty() || words.front().starts_with('-'))
        return named;
    const auto group = std::ranges::find(program.groups, words.front(), &VerbGroup::word);
    if (group == program.groups.end()) {
        named.verb = find(words.front());
        return named.verb == nullptr ? Result<Named>(no_verb(words.front())) : named;
    }
    named.group = &*group;
    if (words.size() == 1 || words.at(1).starts_with('-'))
        return named;
    named.verb = find(words.at(0) + ' ' + words.at(1));
    return named.verb == nullptr ? Result<Named>(no_verb(words.at(1))) : named;
}

/// CLI11's parser of a program.
class Parser {
public:
    explicit Parser(const Program& program) : program_(program), app_(program.help, program.name)
    {
        set_up(app_);
        app_.set_version_flag("--version", program.name + " " LEFT4ME_VERSION);
        app_.footer(program.footer);
        std::map<std::string_view, CLI::App*> groups;
        for (const auto& verb : program.verbs)
            add_verb(verb, groups);
    }

    /// The exceptions are CLI11's.
    Arguments parse(const Verb* verb, int argc, const char* const* argv, std::vector<std::string> words)
    {
        app_.parse(argc, argv);
        Arguments arguments(std::move(words));
        for (const auto& slot : slots_.at(verb))
            take(slot, arguments);
        return arguments;
    }

    [[nodiscard]] std::string help() const { return app_.help(); }

private:
    void add_verb(const Verb& verb, std::map<std::string_view, CLI::App*>& groups)
    {
        auto* app = &app_;
        const auto group = group_of(verb);
        if (!group.empty()) {
            auto& made = groups[group];
            if (made == nullptr)
                made = add_group(group);
            app = made;
        }
        if (!verb.words.empty()) {
            const auto word = group.empty() ? verb.words : verb.words.substr(group.size() + 1);
            app->require_subcommand(1);
            app = app->add_subcommand(word, verb.help);
            app->footer(formatted("Example:\n  {}", verb.example));
        }
        for (const auto& parameter : verb.parameters)
            add_parameter(*app, slots_[&verb].emplace_back(parameter));
        slots_[&verb]; // also of a verb without any
    }

    CLI::App* add_group(std::string_view word)
    {
        const auto group = std::ranges::find(program_.groups, word, &VerbGroup::word);
        return app_.add_subcommand(group->word, group->help);
    }

    static void take(const Slot& slot, Arguments& arguments)
    {
        const auto& [parameter, option, text, texts, number, flag] = slot;
        if (option->count() == 0) {
            if (!parameter.initial.empty())
                arguments.set_initial(parameter.name, parameter.initial);
        } else if (parameter.value == Value::none) {
            arguments.give(parameter.name, {flag ? "true" : "false"});
        } else if (parameter.value == Value::number) {
            arguments.give(parameter.name, {std::to_string(number)});
        } else {
            arguments.give(parameter.name, parameter.many ? texts : std::vector{text});
        }
    }

    const Program& program_;
    CLI::App app_;
    std::map<const Verb*, std::list<Slot>> slots_;
};

int end_with(const std::string& name, const Error& error)
{
    if (error.status == ExitStatus::ok)
        print(error.message);
    else if (!error.message.empty())
        complain(name, error.message);
    return static_cast<int>(error.status);
}

} // namespace

Result<Command> parse_command_line(const Program& program, int argc, const char* const* argv)
{
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    const auto named = find_verb(program, words);
    if (!named)
        return std::unexpected(named.error());
    Parser parser(program);
    try {
        auto arguments = parser.parse(named->verb, argc, argv, std::move(words));
        return Command{named->verb, std::move(arguments)};
    } catch (const CLI::CallForHelp&) {
        return fail(ExitStatus::ok, parser.help());
    } catch (const CLI::CallForVersion& version) {
        return fail(ExitStatus::ok, formatted("{}\n", version.what()));
    } catch (const CLI::ParseError& problem) {
        return fail(ExitStatus::usage, formatted("{} (see {} --help)", escaped(problem.what()),
                                                 name_for_help(program, *named)));
    }
}

Result<Act> parse_act(const Program& program, int argc, const char* const* argv)
{
    return parse_command_line(program, argc, argv)
        .and_then([](const Command& command) { return command.verb->function(command.arguments); })
        .transform_error([](Error error) {
            if (error.status == ExitStatus::bad_data) // a word of the command line, here
                error.status = ExitStatus::usage;
            return error;
        });
}

int run(const std::string& name, const std::function<Result<int>()>& act)
{
    try {
        const auto result = act();
        const int status = result ? *result : end_with(name, result.error());
        if (!result && result.error().status != ExitStatus::ok)
            return status;
        const auto printed = require_printed();
        return printed ? status : end_with(name, printed.error());
    } catch (const std::exception& problem) {
        return end_with(name, {ExitStatus::internal, escaped(problem.what())});
    }
}

int run_program(const Program& program, int argc, const char* const* argv)
{
    const auto& name = program.speaks_as.empty() ? program.name : program.speaks_as;
    set_wait_notice([&](std::string_view what) { complain(name, what); });
    return run(name, [&] {
        return parse_act(program, argc, argv).and_then([](const Act& act) { return act(); });
    });
}

} // namespace left4me
