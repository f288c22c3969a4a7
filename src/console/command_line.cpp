#include "console/command_line.hpp"

#include <cstdio>
#include <exception>
#include <format>

namespace left4me {
namespace {

int end_with(const std::string& program, const Error& error)
{
    if (error.status == ExitStatus::ok)
        std::fputs(error.message.c_str(), stdout);
    else if (!error.message.empty())
        std::fputs(std::format("{}: {}\n", program, error.message).c_str(), stderr);
    return static_cast<int>(error.status);
}

/// CLI11 would only say that a subcommand is missing.
Result<void> check_verb(CLI::App& app, int argc, const char* const* argv)
{
    const auto all = app.get_subcommands([](const CLI::App*) { return true; });
    if (all.empty() || argc < 2 || argv[1][0] == '-')
        return {};
    for (const auto* verb : all)
        if (verb->get_name() == argv[1])
            return {};
    return fail(ExitStatus::usage,
                std::format("there is no verb {} (see {} --help)", quote(argv[1]), app.get_name()));
}

} // namespace

void set_up(CLI::App& app)
{
    app.set_version_flag("--version", app.get_name() + " " LEFT4ME_VERSION);
    app.set_help_flag("-h,--help", "Show this help and exit");
    app.failure_message(CLI::FailureMessage::simple);
}

Result<void> parse_command_line(CLI::App& app, int argc, const char* const* argv)
{
    if (auto known = check_verb(app, argc, argv); !known)
        return known;
    try {
        app.parse(argc, argv);
        return {};
    } catch (const CLI::CallForHelp&) {
        return fail(ExitStatus::ok, app.help());
    } catch (const CLI::CallForAllHelp&) {
        return fail(ExitStatus::ok, app.help("", CLI::AppFormatMode::All));
    } catch (const CLI::CallForVersion& version) {
        return fail(ExitStatus::ok, std::format("{}\n", version.what()));
    } catch (const CLI::ParseError& problem) {
        return fail(ExitStatus::usage,
                    std::format("{} (see {} --help)", escaped(problem.what()), app.get_name()));
    }
}

int run_program(const std::string& program, const std::function<Result<int>()>& act)
{
    try {
        const auto result = act();
        return result ? *result : end_with(program, result.error());
    } catch (const std::exception& problem) {
        return end_with(program, {ExitStatus::internal, problem.what()});
    }
}

} // namespace left4me
