#include "system/caller_watch.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <unistd.h>

namespace left4me {

Result<Caller> wait_with_caller(int descriptor, short events, int timeout_ms)
{
    std::array<pollfd, 3> watched = {{
        {descriptor, events, 0},
        {STDIN_FILENO, 0, 0}, // POLLHUP and POLLERR are always told
        {STDOUT_FILENO, 0, 0},
    }};
    if (poll(watched.data(), watched.size(), timeout_ms) < 0 && errno != EINTR)
        return fail_errno("cannot wait", errno);
    constexpr short closed = POLLHUP | POLLERR;
    const bool gone = ((watched[1].revents | watched[2].revents) & closed) != 0;
    return gone ? Caller::gone : Caller::present;
}

} // namespace left4me
