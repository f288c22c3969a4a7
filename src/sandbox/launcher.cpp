#include "sandbox/launcher.hpp"

#include "host/places.hpp"
#include "model/game_arguments.hpp"
#include "sandbox/landlock_scope.hpp"
#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

/// openat2 is not to be had under RestrictSUIDSGID=; the unit binds this one file,
/// which is root's, and nothing above it can be changed from inside.
Result<InstanceConfig> read_config(const Host& host, const InstanceName& name)
{
    const auto path = host.seen_config_path(name);
    const FileDescriptor file(
        open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return fail_errno(formatted("cannot open {}", quote(path)), errno);
    return read_regular(file, quote(path), max_instance_config_size)
        .and_then([&](const std::string& text) { return parse_instance_config(path, text); });
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

/// Reaps whatever has ended; the game's status, once it is among them.
std::optional<int> reap(pid_t game)
{
    std::optional<int> status;
    int wait_status = 0;
    for (pid_t ended = 0; (ended = waitpid(-1, &wait_status, WNOHANG)) > 0;)
        if (ended == game)
            status = shell_status(wait_status);
    return status;
}

Result<int> supervise(pid_t game, const sigset_t& signals)
{
    bool stopping = false;
    while (true) {
        const int number = sigwaitinfo(&signals, nullptr);
        if (number < 0 && errno == EINTR)
            continue;
        if (number < 0)
            return fail_errno("cannot wait for signals", errno);
        if (number == SIGCHLD) {
            if (const auto status = reap(game))
                return stopping ? 0 : *status;
            continue;
        }
        // systemd sends it to the game, too (KillMode=control-group):
        // handed on, it would reach them twice.
        stopping = stopping || number == SIGINT || number == SIGTERM;
    }
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

/// The kernel says of a program whose loader is missing what it says of one that is not
/// there.
Error explain(Error error)
{
    if (access("srcds_linux", F_OK) == 0 && access("/lib/ld-linux.so.2", F_OK) != 0)
        error.message += "; this host has no 32-bit loader, /lib/ld-linux.so.2: install libc6-i386, or "
                         "libc6:i386";
    return error;
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
    // Nothing that was open is for the game.
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
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
    const auto signals = watched_signals();
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    return start_child(command.words.front(), "the game", command.words, game_environment(host))
        .transform_error(explain)
        .and_then([&](pid_t game) { return supervise(game, signals); });
}

} // namespace left4me
