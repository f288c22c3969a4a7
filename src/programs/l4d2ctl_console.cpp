#include "console/terminal_report.hpp"
#include "programs/l4d2ctl_table.hpp"
#include "programs/server_words.hpp"
#include "programs/service_user_act.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "verbs/console_verbs.hpp"

#include <array>
#include <cerrno>
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

/// One after the other, until the end of standard input. On a terminal a mistake, as a line that
/// is no command, ends nothing.
Result<void> run_commands(GameConsole& console, const InstanceName& name)
{
    const bool terminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    InputLines lines;
    while (true) {
        if (terminal)
            print(formatted("{}] ", name.str())); // as the engine's own console has it
        const auto line = lines.next();
        if (!line)
            return std::unexpected(line.error());
        if (!*line)
            break;
        if ((*line)->find_first_not_of(' ') == std::string::npos)
            continue;
        const auto done = run_command(console, **line);
        if (!done && terminal && done.error().status == ExitStatus::bad_data)
            complain("l4d2ctl", done.error().message);
        else if (!done)
            return done;
    }
    if (terminal)
        print("\n");
    return {};
}

Result<Act> console_act(const Arguments& arguments)
{
    const auto command =
        join(arguments.texts("COMMAND"), " ", [](const std::string& word) { return word; });
    if (arguments.has("COMMAND"))
        if (auto checked = check_console_command(command); !checked)
            return fail(ExitStatus::usage, checked.error().message);
    return InstanceName::parse(arguments.text("NAME")).transform([&](InstanceName name) {
        return as_service_user([name = std::move(name), command](const Host& host) {
            catch_interruptions();
            return open_console(host, name)
                .and_then([&](GameConsole console) {
                    return command.empty() ? run_commands(console, name) : run_command(console, command);
                })
                .transform([] { return 0; });
        });
    });
}

} // namespace

Verb console_verb(Parameter server)
{
    return {.words = "console",
            .help = "Give a server's console a command, or all that standard input has, and print what "
                    "the game answers",
            .parameters = {std::move(server),
                           {.name = "COMMAND",
                            .help = "The command's words; behind -- where one begins with a dash",
                            .value = Value::text,
                            .many = true}},
            .example = "sudo l4d2ctl console coop1 -- say the next map in 5 minutes",
            .function = console_act};
}

} // namespace left4me
