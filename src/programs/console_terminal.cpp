#include "programs/console_terminal.hpp"

#include "console/line_editor.hpp"
#include "console/terminal_report.hpp"
#include "game/cvar_list.hpp"
#include "game/rcon.hpp"
#include "host/log_follower.hpp"
#include "model/rcon_password.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "verbs/server_console.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

/// Of the log's past: what is still on the screen, when more comes.
constexpr std::size_t lines_before = 10;

/// To poll: readable after the terminal has got another size.
Result<FileDescriptor> watch_size()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGWINCH);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    FileDescriptor watched(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!watched)
        return fail_errno("cannot watch the terminal", errno);
    return watched;
}

class ConsoleTerminal {
public:
    ConsoleTerminal(const Host& host, const InstanceName& name, LineEditor& editor, FileDescriptor sizes,
                    const std::optional<ConsoleHistory>& history)
        : name_(name), editor_(editor), sizes_(std::move(sizes)), history_(history), server_(host, name)
    {
    }

    Result<void> run()
    {
        if (auto begun = server_.begin(); !begun)
            return begun;
        if (auto log = LogFollower::start(name_, lines_before))
            log_.emplace(std::move(*log));
        else
            say(log.error().message);
        recall();
        editor_.complete_by([this](std::string_view beginning) { return names(beginning); });
        while (true) {
            const auto line = editor_.read_line([this] { return wait(); });
            if (!line)
                return std::unexpected(line.error());
            if (!*line)
                return {};
            take(**line);
        }
    }

private:
    void say(std::string_view what) { editor_.print_above(formatted("l4d2ctl: {}\n", escaped(what))); }

    void recall()
    {
        if (!history_)
            return;
        const auto lines = history_->lines();
        if (!lines)
            return say(lines.error().message);
        for (const auto& line : *lines)
            editor_.remember(line);
    }

    void take(const std::string& line)
    {
        if (line.find_first_not_of(' ') == std::string::npos)
            return;
        if (auto checked = check_console_command(line); !checked)
            return say(checked.error().message);
        if (!may_tell_a_secret(line)) {
            editor_.remember(line);
            keep(line);
        }
        server_.run(line);
    }

    void keep(const std::string& line)
    {
        if (!history_ || history_fails_)
            return;
        if (auto kept = history_->add(line); !kept) {
            history_fails_ = true;
            say(kept.error().message);
        }
    }

    std::vector<std::string> names(std::string_view beginning)
    {
        server_.ask_names();
        return names_.beginning_with(beginning);
    }

    /// Until a key can be read.
    Result<void> wait()
    {
        while (true) {
            if (auto go_on = check_interruption(); !go_on)
                return go_on;
            const auto log = log_ ? log_->watched() : std::array<pollfd, 2>{{{-1, 0, 0}, {-1, 0, 0}}};
            std::array<pollfd, 5> watched = {{{STDIN_FILENO, POLLIN, 0},
                                              {sizes_.get(), POLLIN, 0},
                                              server_.watched(),
                                              log[0],
                                              log[1]}};
            if (poll_or_interruption(watched, server_.patience()) < 0)
                continue;
            if (watched[1].revents != 0)
                resize();
            if (watched[3].revents != 0 || watched[4].revents != 0)
                show_log();
            for (const auto& event : server_.go_on(watched[2].revents))
                show(event);
            if (watched[0].revents != 0)
                return {};
        }
    }

    void resize()
    {
        signalfd_siginfo info = {};
        while (read(sizes_.get(), &info, sizeof info) > 0) {
        }
        editor_.resized();
    }

    void show_log()
    {
        const auto lines = log_->take();
        if (lines)
            return editor_.print_above(text_of(*lines));
        say(lines.error().message);
        log_.reset();
    }

    void show(const ServerConsole::Event& event)
    {
        switch (event.kind) {
        case ServerConsole::Kind::notice:
            say(event.text);
            break;
        case ServerConsole::Kind::answer:
            editor_.print_above(event.text);
            break;
        case ServerConsole::Kind::names:
            names_ = CvarList(event.text);
            editor_.complete_again();
            break;
        }
    }

    InstanceName name_;
    LineEditor& editor_;
    FileDescriptor sizes_;
    const std::optional<ConsoleHistory>& history_;
    bool history_fails_ = false;
    ServerConsole server_;
    std::optional<LogFollower> log_;
    CvarList names_;
};

} // namespace

Result<void> sit_at_console(const Host& host, const InstanceName& name,
                            const std::optional<ConsoleHistory>& history, const std::string& terminal)
{
    auto sizes = watch_size();
    if (!sizes)
        return std::unexpected(sizes.error());
    const FileDescriptor input(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    const FileDescriptor output(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    // First of all: what is typed from here on is the editor's, whatever is started meanwhile.
    auto editor =
        LineEditor::open(input, output, {.prompt = formatted("{}] ", name.str()), .terminal = terminal});
    if (!editor)
        return std::unexpected(editor.error());
    const auto done = ConsoleTerminal(host, name, *editor, std::move(*sizes), history).run();
    print("\n"); // behind the line that was edited
    return done;
}

} // namespace left4me
