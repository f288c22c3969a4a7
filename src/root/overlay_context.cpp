#include "root/overlay_mount.hpp"

#include "host/layer_version.hpp"
#include "host/live_directory.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/systemd.hpp"
#include "host/upper_quota.hpp"
#include "root/mount_namespace.hpp"
#include "system/directory.hpp"
#include "system/mount_point.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <format>
#include <poll.h>
#include <pwd.h>
#include <string>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/xattr.h>

namespace left4me {
namespace {

// --- where it happens --------------------------------------------------------

/// Descriptors opened before would belong to the old namespace, so it comes first.
Result<Directory> open_state()
{
    return enter_mount_namespace_of_init().and_then([] { return Directory::open(path::state); });
}

/// runtime/NAME, locked for as long as it is open.
Result<Directory> locked(Directory runtime)
{
    if (flock(runtime.descriptor(), LOCK_EX | LOCK_NB) == 0)
        return runtime;
    if (errno == EWOULDBLOCK)
        return fail(ExitStatus::busy,
                    std::format("{} is being mounted, unmounted or purged", quote(runtime.path())));
    return fail_errno(std::format("cannot lock {}", quote(runtime.path())), errno);
}

Result<void> set_owner(const Directory& directory, uid_t user, gid_t group, mode_t mode)
{
    if (fchown(directory.descriptor(), user, group) != 0 || fchmod(directory.descriptor(), mode) != 0)
        return fail_errno(std::format("cannot set the owner of {}", quote(directory.path())), errno);
    return {};
}

struct RuntimeDirectories {
    Directory runtime; ///< runtime/NAME, holds the lock
    Directory upper;
    Directory work;
};

/// Only upper is given to the service user: then nothing else here can be
/// renamed or replaced, and upper itself cannot either.
Result<RuntimeDirectories> make_runtime(const Directory& state, const InstanceName& name)
{
    const passwd* user = getpwnam(service_user.c_str());
    if (user == nullptr)
        return fail(ExitStatus::not_found, std::format("there is no user {}", quote(service_user)));
    constexpr mode_t open_mode = 0755;
    auto runtime =
        state.subdirectory("runtime")
            .and_then([&](const Directory& all) { return all.make_subdirectory(name.str(), open_mode); })
            .and_then(locked);
    if (!runtime)
        return std::unexpected(runtime.error());
    auto upper = runtime->make_subdirectory(entry::upper, 0750);
    auto work = runtime->make_subdirectory(entry::work, 0700);
    for (auto* made : {&upper, &work})
        if (!*made)
            return std::unexpected(made->error());
    // Whatever the umask was.
    auto owned = set_owner(*runtime, 0, 0, open_mode).and_then([&] {
        return set_owner(*upper, user->pw_uid, user->pw_gid, 0750);
    });
    if (!owned)
        return std::unexpected(owned.error());
    return RuntimeDirectories{std::move(*runtime), std::move(*upper), std::move(*work)};
}

// --- what is mounted ---------------------------------------------------------

struct OpenLayer {
    std::string name; ///< for messages
    Directory directory;
};

std::string layer_problem(const OverlayPlan& plan, std::string_view layer, std::string_view why)
{
    return std::format("cannot mount overlay for {}: layer {}: {}", quote(plan.name.str()), quote(layer),
                       why);
}

Result<std::vector<OpenLayer>> open_layers(const Directory& state, const OverlayPlan& plan)
{
    std::vector<OpenLayer> opened;
    const auto open_one = [&](const std::string& name, const std::string& path) -> Result<void> {
        auto directory = state.subdirectory(path);
        if (!directory)
            return fail(directory.error().status, layer_problem(plan, name, directory.error().message));
        opened.push_back({name, std::move(*directory)});
        return {};
    };
    if (auto done = open_one("configuration", plan.configuration); !done)
        return std::unexpected(done.error());
    for (const auto& layer : plan.lowerdirs)
        if (auto done = open_one(layer.name(), layer.path()); !done)
            return std::unexpected(done.error());
    return opened;
}

Result<MountedDirectory> identity(const Directory& directory)
{
    return directory.status().transform(
        [](const struct stat& status) { return MountedDirectory{status.st_dev, status.st_ino}; });
}

Result<MountRecord> record_of(const OverlayPlan& plan, const std::vector<OpenLayer>& layers)
{
    const auto configuration = identity(layers.front().directory);
    if (!configuration)
        return std::unexpected(configuration.error());
    MountRecord record{*configuration, {}};
    for (std::size_t i = 0; i < plan.lowerdirs.size(); ++i) {
        const auto directory = identity(layers[i + 1].directory);
        if (!directory)
            return std::unexpected(directory.error());
        record.layers.push_back({plan.lowerdirs[i].name(),
                                 read_layer_version(layers[i + 1].directory).value_or(1), *directory});
    }
    return record;
}

/// fuse-overlayfs marks whiteouts and opaque directories in its own way: what
/// it hid would come back.
Result<void> refuse_fuse_overlayfs(const Directory& upper)
{
    constexpr std::size_t most = 65536; // XATTR_LIST_MAX
    std::string names(most, '\0');
    const auto size = flistxattr(upper.descriptor(), names.data(), names.size());
    if (size < 0)
        return fail_errno(std::format("cannot list attributes of {}", quote(upper.path())), errno);
    names.resize(static_cast<std::size_t>(size));
    if (names.starts_with("user.fuseoverlayfs.") ||
        names.contains(std::string_view("\0user.fuseoverlayfs.", 20)))
        return fail(ExitStatus::bad_data,
                    std::format("{} was written by fuse-overlayfs, which the kernel cannot read: "
                                "wipe it with l4d2ctl reset",
                                quote(upper.path())));
    return {};
}

// --- the mount ---------------------------------------------------------------

/// What the kernel says of a failed step is kept for whoever reads the context.
std::string kernel_log(const FileDescriptor& context)
{
    std::string text;
    std::array<char, 1024> message = {};
    for (ssize_t size; (size = read(context.get(), message.data(), message.size())) > 0;) {
        text += text.empty() ? " (" : "; ";
        text += escaped(std::string_view(message.data(), static_cast<std::size_t>(size)));
    }
    return text.empty() ? text : text + ")";
}

/// One overlay file system in the making.
class OverlayContext {
public:
    static Result<OverlayContext> open(const OverlayPlan& plan)
    {
        OverlayContext made(FileDescriptor(fsopen("overlay", FSOPEN_CLOEXEC)), plan);
        if (!made.context_)
            return made.failed("opening overlayfs");
        return made;
    }

    Result<void> set(const std::string& key, const std::string& value, std::string_view act)
    {
        if (fsconfig(context_.get(), FSCONFIG_SET_STRING, key.c_str(), value.c_str(), 0) != 0)
            return failed(act);
        return {};
    }

    Result<void> set_directory(const std::string& key, const Directory& directory, std::string_view act)
    {
        if (route_ != LayerRoute::path) {
            if (fsconfig(context_.get(), FSCONFIG_SET_FD, key.c_str(), nullptr,
                         directory.descriptor()) == 0)
                return {};
            if (route_ == LayerRoute::descriptor || errno != EINVAL)
                return failed(act);
            // An older kernel, which says it of the first directory already.
            (void)kernel_log(context_);
            route_ = LayerRoute::path;
        }
        return set(key, std::format("/proc/self/fd/{}", directory.descriptor()), act);
    }

    Result<FileDescriptor> create()
    {
        if (fsconfig(context_.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
            return failed("creating the overlay");
        FileDescriptor mount(
            fsmount(context_.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
        if (!mount)
            return failed("creating the mount");
        return mount;
    }

private:
    OverlayContext(FileDescriptor context, const OverlayPlan& plan)
        : context_(std::move(context)), plan_(plan), route_(plan.route)
    {
    }

    std::unexpected<Error> failed(std::string_view act)
    {
        const int error_number = errno;
        auto error =
            fail_errno(std::format("cannot mount overlay for {}: {}", quote(plan_.name.str()), act),
                       error_number)
                .error();
        error.message += kernel_log(context_);
        return std::unexpected(std::move(error));
    }

    FileDescriptor context_;
    const OverlayPlan& plan_;
    LayerRoute route_;
};

Result<FileDescriptor> create_overlay(const OverlayPlan& plan, const RuntimeDirectories& runtime,
                                      const std::vector<OpenLayer>& layers)
{
    auto context = OverlayContext::open(plan);
    if (!context)
        return std::unexpected(context.error());
    auto result = context->set("source", "left4me", "naming it");
    for (const auto& layer : layers)
        result = result.and_then([&] {
            return context->set_directory("lowerdir+", layer.directory,
                                          std::format("layer {}", quote(layer.name)));
        });
    result =
        result.and_then([&] { return context->set_directory("upperdir", runtime.upper, "upperdir"); })
            .and_then([&] { return context->set_directory("workdir", runtime.work, "workdir"); });
    for (const auto& [key, value] : plan.options)
        result = result.and_then([&] { return context->set(key, value, key); });
    return result.and_then([&] { return context->create(); });
}

Result<void> attach(const FileDescriptor& mount, const Directory& runtime)
{
    return runtime.make_subdirectory(entry::merged, 0700)
        .and_then([&](const Directory& merged) -> Result<void> {
            if (move_mount(mount.get(), "", merged.descriptor(), "",
                           MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) != 0)
                return fail_errno(std::format("cannot mount on {}", quote(merged.path())), errno);
            return {};
        });
}

Result<void> write_record(const InstanceName& name, const MountRecord& record)
{
    return open_mount_records().and_then([&](const Directory& records) {
        return records.replace_file(mount_record_name(name), format_mount_record(name, record), 0644);
    });
}

Result<void> keep_configuration(const OverlayPlan& plan)
{
    // Its group is the directory's: user left4me's.
    return Directory::open(path::configurations).and_then([&](const Directory& configurations) {
        return configurations.replace_file(plan.name.str(), plan.instance_conf, 0640);
    });
}

/// An update or a publication may have given a layer's name to another tree since
/// it was opened. It looks at the records before it changes the old one: so what the
/// names lead to after the record is written stays as it is.
Result<void> require_in_place(const Directory& state, const OverlayPlan& plan, const MountRecord& record)
{
    for (std::size_t i = 0; i < plan.lowerdirs.size(); ++i) {
        const auto now = state.subdirectory(plan.lowerdirs[i].path()).and_then(identity);
        if (!now || *now != record.layers[i].directory)
            return fail(ExitStatus::busy, layer_problem(plan, plan.lowerdirs[i].name(),
                                                        "it was just replaced: start the server again"));
    }
    return {};
}

// --- the unmount -------------------------------------------------------------

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

    Result<void> wait(const InstanceName& name)
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
                                quote(merged_path(name))));
    }

private:
    explicit UnmountWatch(FileDescriptor notifier) : notifier_(std::move(notifier)) {}
    FileDescriptor notifier_;
};

Result<void> unmount_merged(const Directory& runtime, const InstanceName& name)
{
    // By name in an open directory: a descriptor on merged itself would make
    // the mount busy.
    if (fchdir(runtime.descriptor()) != 0)
        return fail_errno(std::format("cannot enter {}", quote(runtime.path())), errno);
    auto watch = UnmountWatch::on(entry::merged.c_str());
    if (!watch)
        return std::unexpected(watch.error());
    if (umount2(entry::merged.c_str(), UMOUNT_NOFOLLOW) != 0)
        return fail_errno(std::format("cannot unmount {}", quote(merged_path(name))), errno);
    return watch->wait(name);
}

/// What was there while it was mounted, and a root-owned work/work of the kernel's.
Result<void> clean_after_unmount(const Directory& runtime, const InstanceName& name)
{
    return open_mount_records()
        .and_then([&](const Directory& records) { return records.remove_file(mount_record_name(name)); })
        .and_then([] { return Directory::open(path::configurations); })
        .and_then(
            [&](const Directory& configurations) { return configurations.remove_file(name.str()); })
        .and_then([&] { return runtime.subdirectory(entry::work); })
        .and_then([](const Directory& work) { return work.remove_tree("work"); });
}

Result<Directory> open_runtime(const Directory& state, const InstanceName& name)
{
    return state.subdirectory(runtime_path(name)).and_then(locked);
}

} // namespace

Result<OverlayPlan> read_overlay_plan(const InstanceName& name)
{
    auto state = open_state();
    if (!state)
        return std::unexpected(state.error());
    const auto live = find_live(*state, name);
    if (!live)
        return std::unexpected(live.error());
    const auto file = std::format("{}/{}", *live, entry::config);
    auto text = state->read_file(file, instance_config_limit);
    if (!text && text.error().status == ExitStatus::not_found)
        return fail(ExitStatus::not_found,
                    std::format("server {0} has no configuration to mount: run l4d2ctl start {1}",
                                quote(name.str()), name.str()));
    return text
        .and_then([&](const std::string& contents) {
            return parse_instance_config(std::format("{}/{}", path::state, file), contents);
        })
        .transform([&](const InstanceConfig& config) { return plan_overlay(name, *live, config); });
}

Result<void> mount_overlay(const OverlayPlan& plan)
{
    auto state = open_state();
    if (!state)
        return std::unexpected(state.error());
    auto layers = open_layers(*state, plan);
    if (!layers)
        return std::unexpected(layers.error());
    auto record = record_of(plan, *layers);
    if (!record)
        return std::unexpected(record.error());
    auto runtime = make_runtime(*state, plan.name);
    if (!runtime)
        return std::unexpected(runtime.error());
    auto mounted = is_mount_point(merged_path(plan.name));
    if (!mounted)
        return std::unexpected(mounted.error());
    if (*mounted) {
        // Left from a server whose units could not unmount it. It serves if it
        // is the very one that is to be made.
        const auto present = read_mount_record(plan.name);
        if (present && *present == *record)
            return keep_configuration(plan);
        if (auto unmounted = unmount_merged(runtime->runtime, plan.name); !unmounted)
            return unmounted;
    }
    // The record comes first: what is mounted always has one.
    return refuse_fuse_overlayfs(runtime->upper)
        .and_then([&] { return limit_upper(runtime->runtime, runtime->upper, runtime->work); })
        .and_then([&] { return create_overlay(plan, *runtime, *layers); })
        .and_then([&](const FileDescriptor& mount) {
            return write_record(plan.name, *record)
                .and_then([&] { return keep_configuration(plan); })
                .and_then([&] { return require_in_place(*state, plan, *record); })
                .and_then([&] { return attach(mount, runtime->runtime); });
        });
}

Result<void> unmount_overlay(const InstanceName& name)
{
    auto state = open_state();
    if (!state)
        return std::unexpected(state.error());
    auto runtime = open_runtime(*state, name);
    if (!runtime && runtime.error().status == ExitStatus::not_found)
        return {};
    if (!runtime)
        return std::unexpected(runtime.error());
    auto mounted = is_mount_point(merged_path(name));
    if (!mounted)
        return std::unexpected(mounted.error());
    auto done = *mounted ? unmount_merged(*runtime, name) : Result<void>{};
    return done.and_then([&] { return clean_after_unmount(*runtime, name); });
}

Result<void> purge_overlay(const InstanceName& name)
{
    auto down =
        UnitControl::connect().and_then([&](UnitControl units) { return units.require_down(name); });
    if (!down)
        return down;
    auto state = open_state();
    if (!state)
        return std::unexpected(state.error());
    auto runtime = open_runtime(*state, name);
    if (!runtime && runtime.error().status == ExitStatus::not_found)
        return {};
    if (!runtime)
        return std::unexpected(runtime.error());
    auto mounted = is_mount_point(merged_path(name));
    if (!mounted)
        return std::unexpected(mounted.error());
    if (*mounted)
        return fail(ExitStatus::busy,
                    std::format("{} is mounted: stop the server first", quote(merged_path(name))));
    return forget_upper_limit(*runtime)
        .and_then([&] { return state->subdirectory("runtime"); })
        .and_then([&](const Directory& all) { return all.remove_tree(name.str()); });
}

} // namespace left4me
