#include "root/work_copy_mount.hpp"

#include "system/directory.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::size_t max_line_size = 4096;

Result<WorkCopy> read_work_copy(const Directory& run)
{
    return run.read_file(run_entry::work_copy, max_line_size).and_then(parse_work_copy);
}

Result<Directory> open_work_copy(const Host& host, const WorkCopy& copy)
{
    return host.open_state().and_then(
        [&](const Directory& state) { return state.subdirectory(work_copy_path(copy)); });
}

Result<void> mount(const Directory& copy, const Directory& target)
{
    const FileDescriptor tree(
        open_tree(copy.descriptor(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH));
    if (!tree)
        return fail_errno(formatted("cannot take hold of {}", quote(copy.path())), errno);
    mount_attr attributes = {};
    attributes.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    attributes.propagation = MS_PRIVATE;
    if (mount_setattr(tree.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
        return fail_errno(formatted("cannot restrict the mount of {}", quote(copy.path())), errno);
    if (move_mount(tree.get(), "", target.descriptor(), "",
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
        return fail_errno(formatted("cannot mount on {}", quote(target.path())), errno);
    return {};
}

} // namespace

Result<void> mount_work_copy(const Host& host, const BuildRun& run)
{
    return Directory::open(build_runs)
        .and_then([&](const Directory& runs) { return runs.subdirectory(run.str()); })
        .and_then([&](const Directory& own) {
            return read_work_copy(own)
                .and_then([&](const WorkCopy& copy) { return open_work_copy(host, copy); })
                .and_then([&](const Directory& copy) {
                    return own.make_subdirectory(run_entry::overlay, 0700)
                        .and_then([&](const Directory& target) { return mount(copy, target); });
                });
        });
}

Result<void> end_run(const BuildRun& run)
{
    const auto runs = Directory::open(build_runs);
    if (!runs)
        return std::unexpected(runs.error());
    const auto own = runs->subdirectory(run.str());
    if (!own)
        return own.error().status == ExitStatus::not_found ? Result<void>{}
                                                           : std::unexpected(own.error());
    if (fchdir(own->descriptor()) != 0)
        return fail_errno(formatted("cannot enter {}", quote(own->path())), errno);
    if (umount2(run_entry::overlay.c_str(), UMOUNT_NOFOLLOW) != 0 && errno != EINVAL && errno != ENOENT)
        return fail_errno(formatted("cannot unmount {}", quote(own->path() + "/" + run_entry::overlay)),
                          errno);
    return runs->remove_tree(run.str());
}

} // namespace left4me
