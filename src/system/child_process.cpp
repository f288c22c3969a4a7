#include "system/child_process.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

bool send_output_to(const FileDescriptor& output)
{
    return !output || (dup2(output.get(), STDOUT_FILENO) >= 0 && dup2(output.get(), STDERR_FILENO) >= 0);
}

/// In the child: never returns. An error goes to the parent through report,
/// which a successful exec closes.
[[noreturn]] void become(const std::string& program, std::vector<char*> argv, std::vector<char*> envp,
                         const FileDescriptor& output, int report)
{
    sigset_t none;
    sigemptyset(&none);
    if (send_output_to(output) && sigprocmask(SIG_SETMASK, &none, nullptr) == 0)
        execve(program.c_str(), argv.data(), envp.data());
    const int error_number = errno;
    (void)!write(report, &error_number, sizeof error_number);
    _exit(static_cast<int>(ExitStatus::launch_failed));
}

} // namespace

std::vector<char*> pointers_to(std::vector<std::string>& words)
{
    std::vector<char*> pointers;
    for (auto& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

Result<Pipe> make_pipe()
{
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fail_errno("cannot make a pipe", errno);
    return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

Result<pid_t> start_child(const std::string& program, std::string_view name,
                          std::vector<std::string> command, std::vector<std::string> environment,
                          const FileDescriptor& output)
{
    auto report = make_pipe();
    if (!report)
        return std::unexpected(report.error());
    const pid_t child = fork();
    if (child < 0)
        return fail_errno("cannot fork", errno);
    if (child == 0)
        become(program, pointers_to(command), pointers_to(environment), output, report->write_end.get());
    report->write_end.close();
    int error_number = 0;
    if (read(report->read_end.get(), &error_number, sizeof error_number) == sizeof error_number)
        return fail_errno(formatted("cannot run {}", name), error_number);
    return child;
}

Result<pid_t> start_child(const std::string& program, std::string_view name,
                          std::vector<std::string> command, std::vector<std::string> environment)
{
    return start_child(program, name, std::move(command), std::move(environment), FileDescriptor());
}

Result<pid_t> spawn(std::vector<std::string> command, const std::vector<Replaced>& replaced,
                    Session session)
{
    const auto argv = pointers_to(command);
    std::string language = "LANG=C.UTF-8";
    char* const environment[] = {language.data(), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const auto& [descriptor, standard] : replaced)
        posix_spawn_file_actions_adddup2(&actions, descriptor, standard);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE); // which services ignore
    posix_spawnattr_setsigdefault(&attributes, &signals);
    const auto flags =
        session == Session::own ? POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID : POSIX_SPAWN_SETSIGDEF;
    posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
    pid_t child = -1;
    const int problem =
        posix_spawn(&child, argv.front(), &actions, &attributes, argv.data(), environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (problem != 0)
        return fail_errno(formatted("cannot run {}", command.front()), problem);
    return child;
}

namespace {

/// The status is the child's own; the message of an Error goes through a pipe.
[[noreturn]] void act_as_child(const std::function<Result<int>()>& act, const FileDescriptor& messages)
{
    const auto done = act();
    if (!done)
        (void)write_all(messages, "the caller", done.error().message);
    std::fflush(nullptr);
    _exit(done ? *done : static_cast<int>(done.error().status));
}

/// What a child says before it closes its end; it is told to end when this process is.
Result<std::string> hear_out(pid_t child, const FileDescriptor& messages)
{
    constexpr std::size_t max_message = 64 * 1024;
    pollfd watched = {messages.get(), POLLIN, 0};
    while (poll_or_interruption({&watched, 1}, -1) < 0)
        if (interrupted()) {
            kill(child, SIGTERM);
            break;
        }
    if (interrupted())
        return check_interruption().transform([] { return std::string(); });
    return read_stream(messages, "the child's message", max_message);
}

} // namespace

Result<int> in_child(const std::function<Result<int>()>& act)
{
    auto messages = make_pipe();
    if (!messages)
        return std::unexpected(messages.error());
    std::fflush(nullptr); // or both would write it
    const pid_t child = fork();
    if (child < 0)
        return fail_errno("cannot start a child", errno);
    if (child == 0) {
        messages->read_end.close();
        act_as_child(act, messages->write_end);
    }
    messages->write_end.close();
    const auto message = hear_out(child, messages->read_end);
    const int status = wait_for_end(child);
    if (auto going_on = check_interruption(); !going_on)
        return std::unexpected(going_on.error());
    constexpr int signal_base = 128;
    if (status >= signal_base)
        return fail(ExitStatus::internal,
                    formatted("a child was ended by signal {}", status - signal_base));
    if (message && !message->empty())
        return fail(own_exit_status(status), *message);
    return status;
}

Result<FileDescriptor> watch_child(pid_t child)
{
    // Not pidfd_open(), which glibc 2.41 does not declare for C++.
    FileDescriptor watched(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
    if (!watched)
        return fail_errno("cannot watch a child", errno);
    return watched;
}

int wait_for_end(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return shell_status(status);
}

std::optional<int> reap(pid_t child)
{
    std::optional<int> status;
    int wait_status = 0;
    for (pid_t ended = 0; (ended = waitpid(-1, &wait_status, WNOHANG)) > 0;)
        if (ended == child)
            status = shell_status(wait_status);
    return status;
}

int shell_status(int wait_status)
{
    constexpr int signal_base = 128;
    return WIFSIGNALED(wait_status) ? signal_base + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

} // namespace left4me
