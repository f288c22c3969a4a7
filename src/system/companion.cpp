#include "system/companion.hpp"

#include "system/child_process.hpp"

#include <cerrno>
#include <csignal>
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
        return std::move(pipe->write_end);
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        std::signal(number, SIG_IGN);
    pipe->write_end.close();
    char nothing = 0;
    while (read(pipe->read_end.get(), &nothing, 1) < 0 && errno == EINTR) {
    }
    _exit(0);
}

} // namespace left4me
