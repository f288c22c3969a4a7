#include "system/openat2.hpp"

#include "system/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string_view>
#include <sys/syscall.h>
#include <unistd.h>

namespace left4me {
namespace {

/// The same step by step, where a unit's RestrictSUIDSGID= makes openat2 ENOSYS. What may be
/// resolved must be so little that each part of the path is a name and no link.
int open_by_parts(int directory, std::string_view path, int flags, std::uint64_t resolve)
{
    constexpr std::uint64_t known = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    if ((resolve & ~known) != 0 || (resolve & RESOLVE_BENEATH) == 0 ||
        (resolve & RESOLVE_NO_SYMLINKS) == 0) {
        errno = ENOSYS;
        return -1;
    }
    FileDescriptor reached;
    while (true) {
        const auto slash = path.find('/');
        const std::string part(path.substr(0, slash));
        if (part.empty() || part == "..") { // an empty one: an absolute path, or none
            errno = EXDEV;
            return -1;
        }
        const int from = reached ? reached.get() : directory;
        if (slash == std::string_view::npos)
            return openat(from, part.c_str(), flags | O_NOFOLLOW | O_CLOEXEC);
        reached =
            FileDescriptor(openat(from, part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!reached)
            return -1;
        path.remove_prefix(slash + 1);
    }
}

} // namespace

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
    if (opened < 0 && errno == ENOSYS)
        return open_by_parts(directory, path, flags, resolve);
    return static_cast<int>(opened);
}

} // namespace left4me
