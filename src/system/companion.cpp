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
    auto pipe = make_pipe();
    if (!pipe)
        return std::unexpected(pipe.error());
    const pid_t child = fork();
    if (child < 0)
        return fail_errno("cannot fork", errno);
    if (child > 0)
        return std::move(pipe->read_end);
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
    using Clock = std::chrono::steady_clock;
    using std::chrono::milliseconds;
    if (!companion)
        return;
    const auto deadline = Clock::now() + std::chrono::seconds(1);
    pollfd end = {companion.get(), POLLIN, 0};
    for (auto left = milliseconds(1000); left.count() > 0;
         left = std::chrono::ceil<milliseconds>(deadline - Clock::now()))
        if (poll(&end, 1, static_cast<int>(left.count())) > 0)
            return;
}

} // namespace left4me
