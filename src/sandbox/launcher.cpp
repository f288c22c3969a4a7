#include "sandbox/launcher.hpp"

#include "host/places.hpp"
#include "model/game_arguments.hpp"
#include "model/output_limit.hpp"
#include "sandbox/first_process.hpp"
#include "sandbox/landlock_scope.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace left4me {
namespace {

/// Root's own copy.
Result<InstanceConfig> read_config(const Host& host, const InstanceName& name)
{
    const auto path = host.seen_config_path(name);
    return read_bound_file(path, max_instance_config_size).and_then([&](const std::string& text) {
        return parse_instance_config(path, text);
    });
}

/// The signals that a stop, a reload or a person may send, which must not end the
/// first process of a pid namespace before the others, and SIGCHLD.
sigset_t watched_signals()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD})
        sigaddset(&set, number);
    return set;
}

/// The game's standard output and errors, on their way to the journal.
class GameOutput {
public:
    explicit GameOutput(FileDescriptor pipe) : pipe_(std::move(pipe)) {}

    /// -1 once nobody can write to it any more.
    [[nodiscard]] int descriptor() const { return pipe_.get(); }

    /// What is there, if anything.
    bool pass_on()
    {
        std::array<char, 64 * 1024> buffer; // as much as a pipe holds
        const auto size = read(pipe_.get(), buffer.data(), buffer.size());
        if (size == 0)
            pipe_.close();
        if (size <= 0)
            return false;
        write_lines(limit_.pass({buffer.data(), static_cast<std::size_t>(size)}, Clock::now()));
        return true;
    }

    /// What the game said last, which is why it ended. Others that it left behind may write on.
    void finish()
    {
        for (int most = 16; most > 0 && pass_on(); --most)
            ;
        write_lines(limit_.finish(Clock::now()));
    }

private:
    using Clock = std::chrono::steady_clock;

    /// That the journal takes no more is no reason for the game to end.
    void write_lines(std::string_view lines) { (void)write_all(journal_, "the journal", lines); }

    FileDescriptor pipe_;
    FileDescriptor journal_{fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)};
    OutputLimit limit_{"the game", Clock::now()};
};
/// The game's status; 0 after a stop.
Result<int> supervise(pid_t game, const FileDescriptor& signals, GameOutput output)
{
    bool stopping = false;
    while (true) {
        std::array<pollfd, 2> watched = {{{signals.get(), POLLIN, 0}, {output.descriptor(), POLLIN, 0}}};
        if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
            return fail_errno("cannot wait for the game", errno);
        output.pass_on();
        signalfd_siginfo info = {};
        // systemd sends a stop to the game, too (KillMode=control-group): handed on, it
        // would reach it twice.
        while (read(signals.get(), &info, sizeof info) == sizeof info)
            stopping = stopping || info.ssi_signo == SIGINT || info.ssi_signo == SIGTERM;
        if (const auto status = reap(game)) {
            output.finish();
            return stopping ? 0 : *status;
        }
    }
}

/// The kernel says of a program whose loader is missing what it says of one that is not
/// there.
Error explain(Error error)
{
    if (access("srcds_linux", F_OK) == 0 && access("/lib/ld-linux.so.2", F_OK) != 0)
        error.message += "; this host has no 32-bit loader, /lib/ld-linux.so.2: install libc6-i386, or "
                         "libc6:i386";
    return error;
}

/// Runs the command and stays with it.
Result<int> run_game(const Host& host, const GameCommand& command)
{
    const auto signals = watch_signals(watched_signals());
    if (!signals)
        return std::unexpected(signals.error());
    auto pipe = make_pipe();
    if (!pipe)
        return std::unexpected(pipe.error());
    fcntl(pipe->read_end.get(), F_SETFL, O_NONBLOCK);
    const auto game = start_child(command.words.front(), "the game", command.words,
                                  game_environment(host), pipe->write_end);
    if (!game)
        return std::unexpected(explain(game.error()));
    pipe->write_end.close();
    return supervise(*game, *signals, GameOutput(std::move(pipe->read_end)));
}

/// Of the merged tree, which is the working directory. Where there is neither, starting
/// srcds_linux tells.
GameProgram game_program()
{
    return access("srcds_linux", F_OK) != 0 && access("srcds_run", F_OK) == 0 ? GameProgram::srcds_run
                                                                              : GameProgram::srcds_linux;
}

void tell_of_dropped(const std::vector<std::string>& words)
{
    for (const auto& word : words)
        std::fputs(formatted("left4me: the game is not given {}, a word for Valve's srcds_run alone\n",
                             quote(word))
                       .c_str(),
                   stderr);
}

} // namespace

GameCommand game_command(const InstanceConfig& config, GameProgram program)
{
    auto arguments = without_wrapper_words(config.arguments);
    GameCommand command = {
        {program == GameProgram::srcds_linux ? "./srcds_linux" : "./srcds_run", "-game", "left4dead2"},
        std::move(arguments.dropped)};
    auto& words = command.words;
    if (program == GameProgram::srcds_run)
        words.emplace_back("-norestart"); // or systemd would see no end of the game
    // RCON is on loopback only with this one.
    words.insert(words.end(), {"+ip", "0.0.0.0", "+hostport", formatted("{}", config.port.number())});
    words.insert(words.end(), arguments.kept.begin(), arguments.kept.end());
    if (program == GameProgram::srcds_linux && !names_a_map(arguments.kept))
        words.insert(words.end(), {"+map", std::string(default_map)}); // as srcds_run does
    return command;
}

std::vector<std::string> game_environment(const Host& host)
{
    return {
        formatted("HOME={}", host.steam_home()), // ~/.steam/sdk32/steamclient.so
        formatted("USER={}", service_user),
        formatted("LOGNAME={}", service_user),
        "PATH=/usr/bin:/bin",
        "LANG=C.UTF-8",
        "TERM=dumb",
        // Of Valve's srcds_run: the game's libraries find each other by it.
        "LD_LIBRARY_PATH=.:bin:",
    };
}

Result<int> launch(const Host& host, const InstanceName& name)
{
    if (auto protected_now = protect_process(); !protected_now)
        return std::unexpected(protected_now.error());
    const auto config = read_config(host, name);
    if (!config)
        return std::unexpected(config.error());
    const auto merged = host.merged_path(name);
    if (chdir(merged.c_str()) != 0)
        return fail_errno(formatted("cannot enter {}", quote(merged)), errno);
    if (auto scoped = scope_process(config->port, {merged, host.steam_home()}); !scoped)
        return std::unexpected(scoped.error());
    const auto program = game_program();
    const auto command = game_command(*config, program);
    tell_of_dropped(command.dropped);
    if (program == GameProgram::srcds_run)
        if (auto checked = check_for_wrapper(config->arguments); !checked)
            return std::unexpected(checked.error());
    return run_game(host, command);
}

} // namespace left4me
