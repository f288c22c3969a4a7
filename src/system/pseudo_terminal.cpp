#include "system/pseudo_terminal.hpp"

#include "system/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace left4me {
namespace {

/// In the new process; calls only what is safe after fork. An end of the parent
/// before the first line is the one that PR_SET_PDEATHSIG misses, but then the
/// terminal hangs up.
[[noreturn]] void become_leader(int terminal, const char* directory, char* const* argv,
                                char* const* environment)
{
    constexpr int niceness = 10;
    constexpr mode_t for_all_to_read = 0022;
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE})
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    const bool ready =
        sigprocmask(SIG_SETMASK, &none, nullptr) == 0 && setsid() >= 0 &&
        ioctl(terminal, TIOCSCTTY, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && dup2(terminal, STDIN_FILENO) >= 0 &&
        dup2(terminal, STDOUT_FILENO) >= 0 && dup2(terminal, STDERR_FILENO) >= 0 &&
        close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0 && chdir(directory) == 0;
    if (!ready)
        _exit(126);
    (void)setpriority(PRIO_PROCESS, 0, niceness);
    umask(for_all_to_read);
    execve(argv[0], argv, environment);
    _exit(127);
}

} // namespace

Result<PseudoTerminal> make_pseudo_terminal()
{
    FileDescriptor ours(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!ours || grantpt(ours.get()) != 0 || unlockpt(ours.get()) != 0)
        return fail_errno("cannot make a terminal", errno);
    FileDescriptor theirs(ioctl(ours.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios settings = {};
    if (!theirs || tcgetattr(theirs.get(), &settings) != 0)
        return fail_errno("cannot make a terminal", errno);
    settings.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    if (tcsetattr(theirs.get(), TCSANOW, &settings) != 0)
        return fail_errno("cannot switch off a terminal's echo", errno);
    return PseudoTerminal{std::move(ours), std::move(theirs)};
}

Result<pid_t> start_on_terminal(const FileDescriptor& terminal, const std::string& directory,
                                std::vector<std::string> command, std::vector<std::string> environment)
{
    const auto argv = pointers_to(command);
    const auto settings = pointers_to(environment);
    const pid_t child = fork();
    if (child < 0)
        return fail_errno("cannot fork", errno);
    if (child == 0)
        become_leader(terminal.get(), directory.c_str(), argv.data(), settings.data());
    return child;
}

} // namespace left4me
