#include "system/child_process.hpp"

#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

/// In the child: never returns. An error goes to the parent through report,
/// which a successful exec closes.
[[noreturn]] void become(const std::string& program, std::vector<char*> argv, std::vector<char*> envp,
                         int report)
{
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, nullptr) == 0)
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

Result<pid_t> start_child(const std::string& program, std::string_view name,
                          std::vector<std::string> command, std::vector<std::string> environment)
{
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fail_errno("cannot make a pipe", errno);
    const FileDescriptor report(ends[0]);
    FileDescriptor child_end(ends[1]);
    const pid_t child = fork();
    if (child < 0)
        return fail_errno("cannot fork", errno);
    if (child == 0)
        become(program, pointers_to(command), pointers_to(environment), child_end.get());
    child_end.close();
    int error_number = 0;
    if (read(report.get(), &error_number, sizeof error_number) == sizeof error_number)
        return fail_errno(formatted("cannot run {}", name), error_number);
    return child;
}

int shell_status(int wait_status)
{
    constexpr int signal_base = 128;
    return WIFSIGNALED(wait_status) ? signal_base + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

} // namespace left4me
