#include "root/overlay_unmount.hpp"

#include "host/places.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

// umount2 alone is not enough: a mount namespace on its way out may keep the overlay alive
// for a moment, and a second one on the same upper directory would succeed with undefined
// results.

constexpr std::chrono::seconds limit(10);

std::unexpected<Error> still_used(const std::string& merged)
{
    return fail(
        ExitStatus::busy,
        formatted("{} is unmounted here, but another mount namespace still uses it", quote(merged)));
}

/// Tells when a file system is gone: its superblock's end takes all watches along.
class UnmountWatch {
public:
    static Result<UnmountWatch> on(const char* directory)
    {
        UnmountWatch watch(FileDescriptor(inotify_init1(IN_CLOEXEC)));
        if (!watch.notifier_ || inotify_add_watch(watch.notifier_.get(), directory,
                                                  IN_DELETE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW) < 0)
            return fail_errno("cannot watch the mount", errno);
        return watch;
    }

    Result<void> wait(const std::string& merged)
    {
        pollfd poll_for = {notifier_.get(), POLLIN, 0};
        int ready = 0;
        do
            ready = poll(&poll_for, 1, static_cast<int>(std::chrono::milliseconds(limit).count()));
        while (ready < 0 && errno == EINTR);
        if (ready == 1)
            return {};
        return still_used(merged);
    }

private:
    explicit UnmountWatch(FileDescriptor notifier) : notifier_(std::move(notifier)) {}
    FileDescriptor notifier_;
};

/// Asks the kernel by an overlay that cannot be: with index=on an upper directory is taken by
/// one file system alone, which it sees to (EBUSY) before it refuses a work directory that is
/// no other one (EINVAL). Nothing is made or changed.
Result<bool> is_in_use(const Directory& upper)
{
    const FileDescriptor context(fsopen("overlay", FSOPEN_CLOEXEC));
    if (!context)
        return fail_errno("cannot ask who uses the upper directory", errno);
    const auto directory = formatted("/proc/self/fd/{}", upper.descriptor());
    for (const auto& [key, value] : {std::pair("lowerdir+", directory.c_str()),
                                     {"upperdir", directory.c_str()},
                                     {"workdir", directory.c_str()},
                                     {"index", "on"}})
        if (fsconfig(context.get(), FSCONFIG_SET_STRING, key, value, 0) != 0)
            return fail_errno("cannot ask who uses the upper directory", errno);
    if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0 || errno == EINVAL)
        return false;
    if (errno == EBUSY)
        return true;
    return fail_errno("cannot tell who uses the upper directory", errno);
}

/// Where there is no watch to be had: others may have used up what root has of them.
Result<void> wait_without_watch(const Directory& runtime, const std::string& merged)
{
    const auto upper = runtime.subdirectory(entry::upper);
    if (!upper)
        return std::unexpected(upper.error());
    constexpr std::chrono::milliseconds pause(100);
    const auto end = std::chrono::steady_clock::now() + limit;
    while (true) {
        const auto used = is_in_use(*upper);
        if (!used)
            return std::unexpected(used.error());
        if (!*used)
            return {};
        if (std::chrono::steady_clock::now() >= end)
            return still_used(merged);
        std::this_thread::sleep_for(pause);
    }
}

} // namespace

Result<void> unmount_merged(const Host& host, const Directory& runtime, const InstanceName& name)
{
    // By name in an open directory: a descriptor on merged itself would make
    // the mount busy.
    const auto merged = host.merged_path(name);
    if (fchdir(runtime.descriptor()) != 0)
        return fail_errno(formatted("cannot enter {}", quote(runtime.path())), errno);
    auto watch = UnmountWatch::on(entry::merged);
    if (umount2(entry::merged, UMOUNT_NOFOLLOW) != 0)
        return fail_errno(formatted("cannot unmount {}", quote(merged)), errno);
    return watch ? watch->wait(merged) : wait_without_watch(runtime, merged);
}

} // namespace left4me
