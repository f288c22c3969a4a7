#include "root/overlay_unmount.hpp"

#include "host/mount_holders.hpp"
#include "host/places.hpp"
#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <chrono>
#include <poll.h>
#include <ranges>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace left4me {
namespace {

// umount2 alone is not enough: a mount namespace on its way out may keep the overlay alive
// for a moment, and a second one on the same upper directory would succeed with undefined
// results.

constexpr std::chrono::seconds limit(10);

/// Who keeps it, as far as it can be told: somebody always does.
std::string holders_of(const Host& host, const InstanceName& name)
{
    std::vector<Holder> found;
    for (auto& one : find_mount_holders(host).value_or(std::vector<MountHolder>()))
        if (one.server == name)
            found.push_back(std::move(one.holder));
    const bool seen = !found.empty();
    if (!seen)
        found = find_namespace_holders().value_or(std::vector<Holder>());
    if (found.empty())
        return "which no process shows: the server can be started when that has ended, with a reboot "
               "at the latest";
    constexpr std::size_t max_named = 3;
    std::string holders;
    std::string numbers;
    for (const auto& holder : found | std::views::take(max_named)) {
        holders += formatted("{}{}", holders.empty() ? "" : ", ", describe(holder));
        numbers += formatted(" {}", holder.process);
    }
    return formatted("{} {}: the server can be started when that has ended (kill{})",
                     seen ? "that of" : "in which nobody is, perhaps one of which a descriptor is with",
                     holders, numbers);
}

std::unexpected<Error> still_used(const Host& host, const InstanceName& name)
{
    return fail(ExitStatus::busy,
                formatted("{} is unmounted, but another mount namespace still uses it, {}",
                          quote(host.merged_path(name)), holders_of(host, name)));
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

    /// False: not within the limit.
    bool wait()
    {
        pollfd poll_for = {notifier_.get(), POLLIN, 0};
        int ready = 0;
        do
            ready = poll(&poll_for, 1, static_cast<int>(std::chrono::milliseconds(limit).count()));
        while (ready < 0 && errno == EINTR);
        return ready == 1;
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

Result<bool> is_in_use_below(const Directory& runtime)
{
    return runtime.subdirectory(entry::upper).and_then(is_in_use);
}

/// Where there is no watch to be had: others may have used up what root has of them. False as
/// above.
Result<bool> wait_without_watch(const Directory& runtime)
{
    constexpr std::chrono::milliseconds pause(100);
    const auto end = std::chrono::steady_clock::now() + limit;
    while (true) {
        const auto used = is_in_use_below(runtime);
        if (!used)
            return std::unexpected(used.error());
        if (!*used || std::chrono::steady_clock::now() >= end)
            return !*used;
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
    const auto gone = watch ? Result<bool>(watch->wait()) : wait_without_watch(runtime);
    if (!gone)
        return std::unexpected(gone.error());
    return *gone ? Result<void>() : still_used(host, name);
}

Result<void> require_released(const Host& host, const Directory& runtime, const InstanceName& name)
{
    return is_in_use_below(runtime).and_then(
        [&](bool used) { return used ? Result<void>(still_used(host, name)) : Result<void>(); });
}

} // namespace left4me
