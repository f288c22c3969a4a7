#include "host/upper_quota.hpp"

#include "system/format.hpp"

#include <cerrno>
#include <linux/dqblk_xfs.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/quota.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace left4me {
namespace {

// Not in the C library's header.
constexpr int project_quota = 2; // PRJQUOTA

int quotactl_of(const Directory& directory, int command, std::uint32_t project, void* data)
{
    return static_cast<int>(syscall(SYS_quotactl_fd, directory.descriptor(),
                                    QCMD(static_cast<unsigned>(command), project_quota), project, data));
}

/// runtime/NAME's inode: no other server's for as long as that exists. The upper half of
/// all numbers, because operators give out the small ones.
Result<std::uint32_t> project_of(const Directory& runtime)
{
    constexpr std::uint32_t upper_half = 0x8000'0000;
    return runtime.status().transform([](const struct stat& status) {
        return upper_half | static_cast<std::uint32_t>(status.st_ino & ~upper_half);
    });
}

Result<void> join_project(const Directory& directory, std::uint32_t project)
{
    fsxattr attributes = {};
    if (ioctl(directory.descriptor(), FS_IOC_FSGETXATTR, &attributes) != 0)
        return fail_errno(formatted("cannot read the project of {}", quote(directory.path())), errno);
    if (attributes.fsx_projid == project && (attributes.fsx_xflags & FS_XFLAG_PROJINHERIT) != 0)
        return {};
    attributes.fsx_projid = project;
    attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
    if (ioctl(directory.descriptor(), FS_IOC_FSSETXATTR, &attributes) != 0)
        return fail_errno(formatted("cannot set the project of {}", quote(directory.path())), errno);
    return {};
}

Result<void> set_limit(const Directory& runtime, std::uint32_t project, std::uint64_t bytes,
                       std::uint64_t files)
{
    constexpr std::uint64_t block = 1024; // the unit of dqb_bhardlimit
    dqblk limit = {};
    limit.dqb_bhardlimit = bytes / block;
    limit.dqb_ihardlimit = files;
    limit.dqb_valid = QIF_LIMITS;
    if (quotactl_of(runtime, Q_SETQUOTA, project, &limit) != 0)
        return fail_errno(formatted("cannot limit {}", quote(runtime.path())), errno);
    return {};
}

} // namespace

bool limits_projects(const Directory& directory)
{
    // Of any file system, not of xfs alone. Q_GETINFO would not tell counting from limiting.
    fs_quota_statv state = {};
    state.qs_version = FS_QSTATV_VERSION1;
    return quotactl_of(directory, Q_XGETQSTATV, 0, &state) == 0 &&
           (state.qs_flags & FS_QUOTA_PDQ_ENFD) != 0;
}

Result<void> limit_upper(const Directory& runtime, const Directory& upper, const Directory& work)
{
    if (!limits_projects(runtime))
        return {};
    const auto project = project_of(runtime);
    if (!project)
        return std::unexpected(project.error());
    for (const auto* directory : {&upper, &work})
        if (auto joined = join_project(*directory, *project); !joined)
            return joined;
    dqblk present = {};
    if (quotactl_of(runtime, Q_GETQUOTA, *project, &present) != 0 && errno != ENOENT)
        return fail_errno(formatted("cannot read the limit of {}", quote(runtime.path())), errno);
    if (present.dqb_bhardlimit != 0 || present.dqb_ihardlimit != 0)
        return {};
    return set_limit(runtime, *project, upper_most_bytes, upper_most_files);
}

Result<void> forget_upper_limit(const Directory& runtime)
{
    if (!limits_projects(runtime))
        return {};
    return project_of(runtime).and_then(
        [&](std::uint32_t project) { return set_limit(runtime, project, 0, 0); });
}

} // namespace left4me
