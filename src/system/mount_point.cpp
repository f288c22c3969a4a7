#include "system/mount_point.hpp"

#include "system/format.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace left4me {

Result<bool> is_mount_point(const std::string& target)
{
    struct statx status = {};
    // No field is asked for, so that no file system has to look further.
    if (statx(AT_FDCWD, target.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0,
              &status) != 0) {
        if (errno == ENOENT)
            return false;
        return fail_errno(formatted("cannot look at {}", quote(target)), errno);
    }
    if ((status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0)
        return fail(ExitStatus::internal, "the kernel does not tell what is a mount point");
    return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

} // namespace left4me
