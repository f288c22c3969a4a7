#include "sandbox/steamcmd_runner.hpp"

#include "host/steamcmd_start.hpp"
#include "sandbox/first_process.hpp"
#include "sandbox/landlock_scope.hpp"
#include "system/child_process.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/passed_descriptor.hpp"

#include <cerrno>
#include <csignal>
#include <optional>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

/// Where there is none, the defaults hold.
Result<HostSettings> read_settings(const std::string& path)
{
    const auto text = read_bound_file(path, max_host_settings_size);
    if (!text && text.error().status != ExitStatus::not_found)
        return std::unexpected(text.error());
    return parse_host_settings(path, text.value_or(""));
}

/// What is orphaned becomes a child of the first process.
Result<int> wait_for_steamcmd(pid_t steamcmd)
{
    while (true) {
        int status = 0;
        const pid_t ended = waitpid(-1, &status, 0);
        if (ended == steamcmd)
            return shell_status(status);
        if (ended < 0 && errno != EINTR)
            return fail_errno("cannot wait for steamcmd", errno);
    }
}

/// systemd sends them to steamcmd, too, which the first process waits for.
void leave_signals_to_steamcmd()
{
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, nullptr);
}

} // namespace

Result<int> run_steamcmd_of_unit(const Host& host)
{
    if (auto protected_now = protect_process(); !protected_now)
        return std::unexpected(protected_now.error());
    // What it must not list is not in its view.
    if (auto scoped = scope_process(std::nullopt, {"/"}); !scoped)
        return std::unexpected(scoped.error());
    const auto passed = receive_descriptor(STDIN_FILENO, max_steamcmd_run_size);
    if (!passed)
        return std::unexpected(passed.error());
    // Whoever waits for steamcmd sees what goes wrong here.
    if (dup2(passed->descriptor.get(), STDERR_FILENO) < 0)
        return fail_errno("cannot use the terminal", errno);
    return parse_steamcmd_run(passed->text).and_then([&](const SteamcmdRun& run) {
        return read_settings(host.settings_file()).and_then([&](const HostSettings& settings) {
            leave_signals_to_steamcmd();
            return start_steamcmd(host, settings.steamcmd, run, passed->descriptor)
                .and_then(wait_for_steamcmd);
        });
    });
}

} // namespace left4me
