#include "root/overlay_mount.hpp"

#include "host/generated_configuration.hpp"
#include "host/layer_version.hpp"
#include "host/live_directory.hpp"
#include "host/mount_record.hpp"
#include "host/mount_times.hpp"
#include "host/places.hpp"
#include "host/upper_quota.hpp"
#include "root/mount_namespace.hpp"
#include "root/overlay_context.hpp"
#include "root/overlay_unmount.hpp"
#include "root/runtime_directories.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/mount_point.hpp"

#include <cerrno>
#include <chrono>
#include <string>
#include <sys/mount.h>

namespace left4me {
namespace {

// --- what is mounted ---------------------------------------------------------

struct OpenLayer {
    std::string name; ///< for messages
    Directory directory;
};

std::string layer_problem(const OverlayPlan& plan, std::string_view layer, std::string_view why)
{
    return formatted("cannot mount overlay for {}: layer {}: {}", quote(plan.name.str()), quote(layer),
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

Result<MountRecord> record_of(const OverlayPlan& plan, const std::vector<OpenLayer>& layers)
{
    const auto configuration = identity_of(layers.front().directory);
    if (!configuration)
        return std::unexpected(configuration.error());
    MountRecord record{*configuration, {}};
    for (std::size_t i = 0; i < plan.lowerdirs.size(); ++i) {
        const auto directory = identity_of(layers[i + 1].directory);
        if (!directory)
            return std::unexpected(directory.error());
        record.layers.push_back({plan.lowerdirs[i].name(),
                                 read_layer_version(layers[i + 1].directory).value_or(1), *directory});
    }
    return record;
}

// --- the mount ---------------------------------------------------------------

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
                                          formatted("layer {}", quote(layer.name)));
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
                return fail_errno(formatted("cannot mount on {}", quote(merged.path())), errno);
            return {};
        });
}

Result<void> write_record(const Host& host, const InstanceName& name, const MountRecord& record)
{
    return open_mount_records(host).and_then([&](const Directory& records) {
        return records.replace_file(mount_record_name(name), format_mount_record(name, record), 0644);
    });
}

Result<void> keep_configuration(const Host& host, const OverlayPlan& plan)
{
    // Its group is the directory's: user left4me's.
    return host.open_configurations()
        .and_then([&](const Directory& configurations) {
            return configurations.replace_file(plan.name.str(), plan.instance_conf, 0640);
        })
        .and_then([&] { return write_watched_server(host, plan.name, plan.watched); });
}

/// An update or a publication may have given a layer's name to another tree since
/// it was opened. It looks at the records before it changes the old one: so what the
/// names lead to after the record is written stays as it is.
Result<void> require_in_place(const Directory& state, const OverlayPlan& plan, const MountRecord& record)
{
    for (std::size_t i = 0; i < plan.lowerdirs.size(); ++i) {
        const auto now = state.subdirectory(plan.lowerdirs[i].path()).and_then(identity_of);
        if (!now || *now != record.layers[i].directory)
            return fail(ExitStatus::busy, layer_problem(plan, plan.lowerdirs[i].name(),
                                                        "it was just replaced: start the server again"));
    }
    return {};
}

/// Its record goes when it has been seen to end: one that is left, of what is not mounted here
/// any more, raises the doubt whether it has.
Result<void> require_ended(const Host& host, const Directory& runtime, const InstanceName& name)
{
    return has_mount_record(host, name).and_then([&](bool left) {
        return left ? require_released(host, runtime, name) : Result<void>();
    });
}

/// What was there while it was mounted, and a root-owned work/work of the kernel's.
Result<void> clean_after_unmount(const Host& host, const Directory& runtime, const InstanceName& name)
{
    return open_mount_records(host)
        .and_then([&](const Directory& records) { return records.remove_file(mount_record_name(name)); })
        .and_then([&] { return host.open_configurations(); })
        .and_then(
            [&](const Directory& configurations) { return configurations.remove_file(name.str()); })
        .and_then([&] { return remove_watched_server(host, name); })
        .and_then([&] { return runtime.subdirectory(entry::work); })
        .and_then([](const Directory& work) { return work.remove_tree("work"); });
}

} // namespace

Result<OverlayPlan> read_overlay_plan(const Host& host, const InstanceName& name)
{
    auto state = open_state_of_init(host);
    if (!state)
        return std::unexpected(state.error());
    const auto live = find_live(*state, name);
    if (!live)
        return std::unexpected(live.error());
    const auto file = formatted("{}/{}", *live, entry::config);
    auto text = state->read_file(file, max_instance_config_size);
    if (!text && text.error().status == ExitStatus::not_found)
        return fail(ExitStatus::not_found,
                    formatted("server {0} has no configuration to mount: run l4d2ctl start {1}",
                              quote(name.str()), name.str()));
    return text
        .and_then([&](const std::string& contents) {
            return parse_instance_config(host.state_path(file), contents);
        })
        .transform([&](const InstanceConfig& config) { return plan_overlay(name, *live, config); });
}

Result<void> mount_overlay(const Host& host, const OverlayPlan& plan)
{
    // Before a layer is opened: what is published from now on is newer than what is mounted.
    const auto begin = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    auto state = open_state_of_init(host);
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
    auto mounted = is_mount_point(host.merged_path(plan.name));
    if (!mounted)
        return std::unexpected(mounted.error());
    if (*mounted) {
        // Left from a server whose units could not unmount it. It serves if it
        // is the very one that is to be made.
        const auto present = read_mount_record(host, plan.name);
        if (present && *present == *record)
            return keep_configuration(host, plan);
        if (auto unmounted = unmount_merged(host, runtime->runtime, plan.name); !unmounted)
            return unmounted;
    } else if (auto ended = require_ended(host, runtime->runtime, plan.name); !ended)
        return ended;
    // The record comes first: what is mounted always has one.
    return refuse_fuse_overlayfs(runtime->upper)
        // Here, because a restart has no other moment at which nothing is mounted.
        .and_then([&] { return clear_copies(layers->front().directory, runtime->upper); })
        .and_then([&] { return limit_upper(runtime->runtime, runtime->upper, runtime->work); })
        .and_then([&] { return create_overlay(plan, *runtime, *layers); })
        .and_then([&](const FileDescriptor& mount) {
            return write_record(host, plan.name, *record)
                .and_then([&] { return keep_configuration(host, plan); })
                .and_then([&] { return require_in_place(*state, plan, *record); })
                .and_then([&] { return attach(mount, runtime->runtime); });
        })
        .transform([&] { note_mount(runtime->runtime, begin); });
}

Result<void> unmount_overlay(const Host& host, const InstanceName& name)
{
    const auto found = find_runtime(host, name);
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return {};
    const auto& runtime = (*found)->runtime;
    auto done =
        (*found)->mounted ? unmount_merged(host, runtime, name) : require_ended(host, runtime, name);
    return done.and_then([&] { return clean_after_unmount(host, runtime, name); });
}

Result<void> clean_up_unmounted(const Host& host, const InstanceName& name)
{
    const auto found = find_runtime(host, name);
    if (!found)
        return std::unexpected(found.error());
    // Mounted: somebody has started it meanwhile.
    if (!*found || (*found)->mounted)
        return {};
    const auto& runtime = (*found)->runtime;
    return require_ended(host, runtime, name).and_then([&] {
        return clean_after_unmount(host, runtime, name);
    });
}

} // namespace left4me
