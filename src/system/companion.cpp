#include "system/companion.hpp"

#include "system/child_process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace left4me {

Result<FileDescriptor> start_companion()
{
    if (getpid() != 1)
        return FileDescriptor();
    const pid_t child = fork();
    if (child < 0)
        return fail_errno("cannot fork", errno);
    if (child > 0)
        return watch_child(child);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        std::signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    while (true)
        pause();
}

void await_companion(const FileDescriptor& companion)
{
    using std::chrono::milliseconds;
    using std::chrono::steady_clock;
    if (!companion)
        return;
    auto left = milliseconds(1000);
    const auto deadline = steady_clock::now() + left;
    pollfd end = {companion.get(), POLLIN, 0};
    while (left.count() > 0 && poll(&end, 1, static_cast<int>(left.count())) < 0)
        left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
}

} // namespace left4me
