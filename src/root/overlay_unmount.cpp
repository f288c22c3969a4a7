#include "root/overlay_unmount.hpp"

#include "host/places.hpp"
#include "system/file_descriptor.hpp"

#include <cerrno>
#include <format>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <unistd.h>

namespace left4me {
namespace {

/// Tells when a file system is gone: its superblock's end takes all watches
/// along. umount2 alone is not enough: a mount namespace on its way out may
/// keep the overlay alive for a moment, and a second one on the same upper
/// directory would succeed with undefined results.
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
        constexpr int limit_ms = 10'000;
        pollfd poll_for = {notifier_.get(), POLLIN, 0};
        int ready = 0;
        do
            ready = poll(&poll_for, 1, limit_ms);
        while (ready < 0 && errno == EINTR);
        if (ready == 1)
            return {};
        return fail(ExitStatus::busy,
                    std::format("{} is unmounted here, but another mount namespace still uses it",
                                quote(merged)));
    }

private:
    explicit UnmountWatch(FileDescriptor notifier) : notifier_(std::move(notifier)) {}
    FileDescriptor notifier_;
};

} // namespace

Result<void> unmount_merged(const Host& host, const Directory& runtime, const InstanceName& name)
{
    // By name in an open directory: a descriptor on merged itself would make
    // the mount busy.
    const auto merged = host.merged_path(name);
    if (fchdir(runtime.descriptor()) != 0)
        return fail_errno(std::format("cannot enter {}", quote(runtime.path())), errno);
    auto watch = UnmountWatch::on(entry::merged);
    if (!watch)
        return std::unexpected(watch.error());
    if (umount2(entry::merged, UMOUNT_NOFOLLOW) != 0)
        return fail_errno(std::format("cannot unmount {}", quote(merged)), errno);
    return watch->wait(merged);
}

} // namespace left4me
