#include "console/terminal_report.hpp"
#include "host/console_records.hpp"
#include "host/places.hpp"
#include "programs/console_terminal.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "programs/server_words.hpp"
#include "programs/service_user_act.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "verbs/console_verbs.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <poll.h>
#include <span>
#include <unistd.h>

namespace left4me {
namespace {

Result<void> run_command(GameConsole& console, std::string_view command)
{
    return console.run(command).transform([](const std::string& answer) { print_file(answer); });
}

/// The lines of standard input, as they come, also those that Windows ends.
class InputLines {
public:
    /// None at the end. cancelled when interrupted meanwhile.
    Result<std::optional<std::string>> next()
    {
        std::size_t end = 0;
        while ((end = text_.find('\n')) == std::string::npos) {
            const auto more = read_more();
            if (!more)
                return std::unexpected(more.error());
            if (!*more)
                return text_.empty() ? std::nullopt : std::optional(std::exchange(text_, {}));
        }
        auto line = text_.substr(0, end);
        text_.erase(0, end + 1);
        if (line.ends_with('\r'))
            line.pop_back();
        return line;
    }

private:
    Result<bool> read_more()
    {
        std::array<char, 4096> buffer = {};
        pollfd watched = {STDIN_FILENO, POLLIN, 0};
        (void)poll_or_interruption(std::span(&watched, 1), -1);
        if (auto go_on = check_interruption(); !go_on)
            return std::unexpected(go_on.error());
        const auto got = read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got < 0)
            return fail_errno("cannot read the commands", errno);
        text_.append(buffer.data(), static_cast<std::size_t>(got));
        if (text_.size() > buffer.size() && !text_.contains('\n'))
            return fail(ExitStatus::bad_data, "a line of the commands is longer than any command");
        return got > 0;
    }

    std::string text_;
};

/// One after the other, until the end of standard input: the status of the last one that failed.
/// A line that is no command ends nothing, a game that does not answer does.
Result<int> run_commands(GameConsole& console)
{
    auto status = ExitStatus::ok;
    InputLines lines;
    while (true) {
        const auto line = lines.next();
        if (!line)
            return std::unexpected(line.error());
        if (!*line)
            return static_cast<int>(status);
        if ((*line)->find_first_not_of(' ') == std::string::npos)
            continue;
        const auto done = run_command(console, **line);
        if (done)
            continue;
        if (done.error().status != ExitStatus::bad_data || check_console_command(**line))
            return std::unexpected(done.error());
        complain("l4d2ctl", done.error().message);
        status = ExitStatus::bad_data;
    }
}

/// Not for user left4me, who is no person, nor of a server that there is none of: no file is made
/// for a name that was mistyped.
std::optional<ConsoleHistory> open_history(const Host& host, const InstanceName& name)
{
    const auto there = host.open_state().and_then(
        [&](const Directory& state) { return state.contains(instance_path(name)); });
    if (geteuid() != 0 || !there || !*there)
        return std::nullopt;
    auto history = ConsoleHistory::open(name);
    if (history)
        return std::move(*history);
    complain("l4d2ctl",
             formatted("commands are not kept for the next time: {}", history.error().message));
    return std::nullopt;
}

/// What is the caller's is looked at before this process becomes user left4me.
Result<int> act_on_terminal(const InstanceName& name)
{
    const auto history = open_history(Host::installed(), name);
    const char* terminal = std::getenv("TERM");
    const std::string type = terminal != nullptr ? terminal : "";
    return as_service_user([&](const Host& host) {
        return sit_at_console(host, name, history, type).transform([] { return 0; });
    })();
}

Result<int> act_on_commands(const InstanceName& name, const std::string& command)
{
    return as_service_user([&](const Host& host) {
        return open_console(host, name).and_then([&](GameConsole console) {
            return command.empty() ? run_commands(console)
                                   : run_command(console, command).transform([] { return 0; });
        });
    })();
}

Result<Act> console_act(const Arguments& arguments)
{
    const auto command =
        join(arguments.texts("COMMAND"), " ", [](const std::string& word) { return word; });
    if (arguments.has("COMMAND"))
        if (auto checked = check_console_command(command); !checked)
            return fail(ExitStatus::usage, checked.error().message);
    return InstanceName::parse(arguments.text("NAME")).transform([&](InstanceName name) -> Act {
        return [name = std::move(name), command] {
            const bool terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
            return command.empty() && terminal ? act_on_terminal(name) : act_on_commands(name, command);
        };
    });
}

} // namespace

Verb console_verb(Parameter server)
{
    return {.words = "console",
            .help =
                "Give a server's console a command, or sit at it, or give it all that standard input "
                "has",
            .parameters = {std::move(server),
                           {.name = "COMMAND",
                            .help = "The command's words; behind -- where one begins with a dash",
                            .value = Value::text,
                            .many = true}},
            .example = "sudo l4d2ctl console coop1 -- say the next map in 5 minutes",
            .function = console_act};
}

} // namespace left4me
