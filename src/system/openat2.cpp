#include "system/openat2.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace left4me {

int open_at2(int directory, const std::string& path, int flags, std::uint64_t resolve)
{
    struct open_how how = {};
    how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
    how.resolve = resolve;
    constexpr int attempts = 100;
    long opened = -1;
    for (int i = 0; i < attempts; ++i) {
        opened = syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
        if (opened >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return static_cast<int>(opened);
}

} // namespace left4me
