#include "sandbox/first_process.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace left4me {

Result<void> protect_process()
{
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fail_errno("cannot protect this process", errno);
    return {};
}

Result<FileDescriptor> watch_signals(const sigset_t& signals)
{
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    FileDescriptor watched(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!watched)
        return fail_errno("cannot watch for signals", errno);
    return watched;
}

Result<std::string> read_bound_file(const std::string& path, std::size_t limit)
{
    const FileDescriptor file(
        open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file)
        return fail_errno(formatted("cannot open {}", quote(path)), errno);
    return read_regular(file, quote(path), limit);
}

} // namespace left4me
