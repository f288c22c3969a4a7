#include "root/mount_namespace.hpp"

#include "system/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>

namespace left4me {

Result<void> enter_mount_namespace_of_init()
{
    if (prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 0)
        return {};
    const FileDescriptor init(open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC));
    const FileDescriptor own(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
    struct stat init_status = {};
    struct stat own_status = {};
    if (!init || !own || fstat(init.get(), &init_status) != 0 || fstat(own.get(), &own_status) != 0)
        return fail_errno("cannot look at the mount namespace of PID 1", errno);
    if (init_status.st_ino == own_status.st_ino)
        return {};
    if (setns(init.get(), CLONE_NEWNS) != 0)
        return fail_errno("cannot enter the mount namespace of PID 1", errno);
    return {};
}

Result<Directory> open_state_of_init(const Host& host)
{
    // Descriptors opened before would belong to the old namespace.
    return enter_mount_namespace_of_init().and_then([&] { return host.open_state(); });
}

} // namespace left4me
