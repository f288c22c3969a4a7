#include "sandbox/script_runner.hpp"

#include "sandbox/first_process.hpp"
#include "sandbox/landlock_scope.hpp"
#include "system/child_process.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"
#include "system/passed_descriptor.hpp"
#include "system/tree_mending.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

const std::string script_path = "/run/script"; // as left4me-build@.service binds it
const std::string overlay_path = "/overlay";

std::vector<std::string> script_environment()
{
    return {
        "HOME=/tmp",
        "OVERLAY=" + overlay_path,
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "USER=left4me",
        "LOGNAME=left4me",
        "SHELL=/bin/bash",
        "LANG=C.UTF-8",
        "TERM=dumb",
        "PWD=" + overlay_path,
    };
}

/// Until systemd has heard of the start. The script gets to read what comes with that, or
/// nothing.
Result<void> wait_for_the_gate()
{
    auto message = receive_message(STDIN_FILENO, 1);
    if (!message || message->text.empty())
        return fail(ExitStatus::cancelled, "nobody waits for this script any more");
    const FileDescriptor input = message->descriptors.empty()
                                     ? FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
                                     : std::move(message->descriptors.front());
    if (!input || dup2(input.get(), STDIN_FILENO) < 0)
        return fail_errno("cannot open the script's input", errno);
    return {};
}

sigset_t all_signals()
{
    sigset_t set;
    sigfillset(&set);
    return set;
}

/// The helper that reads the output is all that can cancel a script: once it is gone,
/// killed perhaps, the pipe on standard output has an error.
Result<int> wait_for(pid_t script, const FileDescriptor& signals)
{
    while (true) {
        std::array<pollfd, 2> watched = {{{signals.get(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}}};
        if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR)
            return fail_errno("cannot wait for the script", errno);
        signalfd_siginfo info = {};
        while (read(signals.get(), &info, sizeof info) == sizeof info)
            ;
        if (const auto status = reap(script))
            return *status;
        if ((watched[1].revents & POLLERR) != 0)
            return fail(ExitStatus::cancelled, "nobody reads the script's output any more");
    }
}

/// What the script left running must not change what is looked at next. Only as the
/// first process of a namespace of its own: elsewhere -1 would be all of the user's.
void end_all_others()
{
    if (getpid() != 1)
        return;
    kill(-1, SIGKILL);
    while (waitpid(-1, nullptr, 0) > 0 || errno == EINTR)
        ;
}

void tell(const std::string& line)
{
    std::fputs(formatted("left4me-run-script: {}\n", line).c_str(), stderr);
}

} // namespace

Result<int> run_script()
{
    if (auto protected_now = protect_process(); !protected_now)
        return std::unexpected(protected_now.error());
    if (chdir(overlay_path.c_str()) != 0)
        return fail_errno(formatted("cannot enter {}", quote(overlay_path)), errno);
    if (auto scoped = scope_process(std::nullopt, {overlay_path}); !scoped)
        return std::unexpected(scoped.error());
    if (auto open = wait_for_the_gate(); !open)
        return std::unexpected(open.error());
    const auto signals = watch_signals(all_signals());
    if (!signals)
        return std::unexpected(signals.error());
    const auto script =
        start_child("/usr/bin/bash", "bash", {"bash", script_path}, script_environment());
    if (!script)
        return std::unexpected(script.error());
    const auto status = wait_for(*script, *signals);
    if (!status)
        return status;
    end_all_others();
    return mend_tree(overlay_path, tell).transform([&] { return *status; });
}

} // namespace left4me
