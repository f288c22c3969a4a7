#include "root/runtime_directories.hpp"

#include "host/places.hpp"
#include "root/mount_namespace.hpp"
#include "system/format.hpp"
#include "system/mount_point.hpp"

#include <cerrno>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace left4me {
namespace {

/// runtime/NAME, locked for as long as it is open.
Result<Directory> locked(Directory runtime)
{
    if (flock(runtime.descriptor(), LOCK_EX | LOCK_NB) == 0)
        return runtime;
    if (errno == EWOULDBLOCK)
        return fail(ExitStatus::busy,
                    formatted("{} is being mounted, unmounted or purged", quote(runtime.path())));
    return fail_errno(formatted("cannot lock {}", quote(runtime.path())), errno);
}

Result<void> set_owner(const Directory& directory, uid_t user, gid_t group, mode_t mode)
{
    if (fchown(directory.descriptor(), user, group) != 0 || fchmod(directory.descriptor(), mode) != 0)
        return fail_errno(formatted("cannot set the owner of {}", quote(directory.path())), errno);
    return {};
}

} // namespace

Result<RuntimeDirectories> make_runtime(const Directory& state, const InstanceName& name)
{
    // User left4me owns it, and only root can give it to another one: the table of users takes
    // longer to read.
    const auto user =
        state.subdirectory(entry::live).and_then([](const Directory& live) { return live.status(); });
    if (!user)
        return std::unexpected(user.error());
    // Passed by user left4me on the way to upper, and opened by root alone: who can open it can
    // lock it, and so keep the server from being started, stopped and deleted.
    constexpr mode_t passable = 0711;
    auto runtime =
        state.subdirectory("runtime")
            .and_then([&](const Directory& all) { return all.make_subdirectory(name.str(), passable); })
            .and_then(locked);
    if (!runtime)
        return std::unexpected(runtime.error());
    auto upper = runtime->make_subdirectory(entry::upper, 0750);
    auto work = runtime->make_subdirectory(entry::work, 0700);
    for (auto* made : {&upper, &work})
        if (!*made)
            return std::unexpected(made->error());
    // Whatever the umask was.
    auto owned = set_owner(*runtime, 0, 0, passable).and_then([&] {
        return set_owner(*upper, user->st_uid, user->st_gid, 0750);
    });
    if (!owned)
        return std::unexpected(owned.error());
    return RuntimeDirectories{std::move(*runtime), std::move(*upper), std::move(*work)};
}

Result<std::optional<ServerRuntime>> find_runtime(const Host& host, const InstanceName& name)
{
    auto state = open_state_of_init(host);
    if (!state)
        return std::unexpected(state.error());
    auto runtime = state->subdirectory(runtime_path(name)).and_then(locked);
    if (!runtime && runtime.error().status == ExitStatus::not_found)
        return std::nullopt;
    if (!runtime)
        return std::unexpected(runtime.error());
    return is_mount_point(host.merged_path(name)).transform([&](bool mounted) {
        return std::optional(ServerRuntime{std::move(*state), std::move(*runtime), mounted});
    });
}

Result<void> refuse_fuse_overlayfs(const Directory& upper)
{
    constexpr std::size_t max_size = 65536; // XATTR_LIST_MAX
    std::string names(max_size, '\0');
    const auto size = flistxattr(upper.descriptor(), names.data(), names.size());
    if (size < 0)
        return fail_errno(formatted("cannot list attributes of {}", quote(upper.path())), errno);
    names.resize(static_cast<std::size_t>(size));
    if (names.starts_with("user.fuseoverlayfs.") ||
        names.contains(std::string_view("\0user.fuseoverlayfs.", 20)))
        return fail(ExitStatus::bad_data,
                    formatted("{} was written by fuse-overlayfs, which the kernel cannot read: "
                              "wipe it with l4d2ctl reset",
                              quote(upper.path())));
    return {};
}

} // namespace left4me
