#include "sandbox/launcher.hpp"

#include "host/places.hpp"
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
        // systemd sends it to the script and the game, too (KillMode=control-group):
        // handed on, it would reach them twice.
        stopping = stopping || number == SIGINT || number == SIGTERM;
    }
}

} // namespace

std::vector<std::string> game_command(const InstanceConfig& config)
{
    std::vector<std::string> command = {"./srcds_run", "-game", "left4dead2", "-norestart",
                                        // RCON is on loopback only with this one.
                                        "+ip", "0.0.0.0", "+hostport",
                                        formatted("{}", config.port.number())};
    command.insert(command.end(), config.arguments.begin(), config.arguments.end());
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
    const auto signals = watched_signals();
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    return start_child("srcds_run", "srcds_run of the merged tree", game_command(*config),
                       game_environment(host))
        .and_then([&](pid_t game) { return supervise(game, signals); });
}

} // namespace left4me
