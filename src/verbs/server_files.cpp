#include "verbs/server_files.hpp"

#include "host/host_lock.hpp"
#include "host/instance_store.hpp"
#include "host/layer_version.hpp"
#include "host/live_directory.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "host/server_state.hpp"
#include "host/systemd.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <optional>

namespace left4me {
namespace {

std::string upper_path(const InstanceName& name)
{
    return formatted("{}/{}", runtime_path(name), entry::upper);
}

Result<Directory> open_upper(const Directory& state, const InstanceName& name)
{
    return state.subdirectory(upper_path(name));
}

AgeSource age_source(const Layer& layer, const Directory& tree)
{
    if (layer.is_installation())
        return AgeSource::writes;
    return read_layer_version(tree) ? AgeSource::marks : AgeSource::changes;
}

Result<Directory> open_generated(const Directory& state, const InstanceName& name)
{
    return find_live(state, name).and_then([&](const std::string& live) {
        return state.subdirectory(formatted("{}/{}", live, entry::layer));
    });
}

/// Those that its next start would mount, as far as they are there.
std::vector<LowerTree> next_layers(const InstanceStore& store, const InstanceName& name)
{
    std::vector<LowerTree> trees;
    if (auto generated = open_generated(store.state(), name)) {
        const FileAges ages(AgeSource::none, *generated);
        trees.push_back({"", std::move(*generated), ages});
    }
    const auto config = store.read_config(name);
    for (const auto& layer : config ? config->lowerdirs : std::vector<Layer>())
        if (auto tree = store.state().subdirectory(layer.path())) {
            const FileAges ages(age_source(layer, *tree), *tree);
            trees.push_back({layer.name(), std::move(*tree), ages});
        }
    return trees;
}

/// The one of these paths that leads to a directory.
std::optional<Directory> find_directory(const Directory& state, const MountedDirectory& directory,
                                        const std::vector<std::string>& paths)
{
    for (const auto& path : paths) {
        auto found = state.subdirectory(path);
        if (found && identity_of(*found).value_or(MountedDirectory()) == directory)
            return std::move(*found);
    }
    return std::nullopt;
}

/// The very trees that are mounted; none unless all of them can be found.
std::optional<std::vector<Directory>> mounted_layers(const Directory& state, const InstanceName& name,
                                                     const MountRecord& record)
{
    std::vector<Directory> trees;
    const auto add = [&](const MountedDirectory& directory, const std::vector<std::string>& paths) {
        auto found = find_directory(state, directory, paths);
        if (found)
            trees.push_back(std::move(*found));
        return found.has_value();
    };
    const auto live = find_live(state, name).value_or(live_path(name));
    if (!add(record.configuration, {formatted("{}/{}", live, entry::layer)}))
        return std::nullopt;
    std::vector<std::string> installations = {entry::installation, entry::installation_next};
    std::ranges::copy(entry::older_installations, std::back_inserter(installations));
    for (const auto& layer : record.layers) {
        const bool last = &layer == &record.layers.back();
        const std::vector<std::string> names = {formatted("overlays/{}", layer.ref),
                                                formatted("versions/{}/{}", layer.ref, layer.version)};
        if (!add(layer.directory, last ? installations : names))
            return std::nullopt;
    }
    return trees;
}

/// Nobody can mount it while the lock is held.
struct DownServer {
    InstanceLock lock;
    Directory upper;
};

Result<DownServer> take_down_server(const Host& host, const InstanceName& name)
{
    auto lock = InstanceLock::take(host, name, formatted("files {}", name.str()));
    if (!lock)
        return std::unexpected(lock.error());
    auto ready = Systemd::connect()
                     .and_then([&](Systemd systemd) { return require_down(systemd, name); })
                     .and_then([&] { return has_mount_record(host, name); });
    if (!ready)
        return std::unexpected(ready.error());
    if (*ready)
        return fail(ExitStatus::busy, formatted("the tree of {} is still mounted, or in use: l4d2ctl "
                                                "stop {} says by whom",
                                                name.str(), name.str()));
    auto upper =
        host.open_state().and_then([&](const Directory& state) { return open_upper(state, name); });
    if (!upper && upper.error().status == ExitStatus::not_found)
        return fail(ExitStatus::not_found,
                    formatted("there is nothing that server {} wrote", quote(name.str())));
    if (!upper)
        return std::unexpected(upper.error());
    return DownServer{std::move(*lock), std::move(*upper)};
}

Result<void> require_there(const Directory& upper, const OwnPath& path)
{
    const auto there = upper.subdirectory(path.parent()).and_then([&](const Directory& parent) {
        return parent.contains(path.name());
    });
    if (there && *there)
        return {};
    if (!there && there.error().status != ExitStatus::not_found)
        return std::unexpected(there.error());
    return fail(ExitStatus::not_found,
                formatted("the server has nothing of its own at {}", quote(path.str())));
}

Result<void> remove_path(const Directory& upper, const OwnPath& path)
{
    const auto parent = upper.subdirectory(path.parent());
    if (!parent && parent.error().status == ExitStatus::not_found)
        return {}; // it went with another of them
    return parent.and_then([&](const Directory& found) { return found.remove_tree(path.name()); });
}

} // namespace

Result<ServerFiles> files_of(const Host& host, const InstanceName& name)
{
    const auto store = InstanceStore::open(host);
    const auto there =
        store.and_then([&](const InstanceStore& instances) { return instances.exists(name); });
    if (!there)
        return std::unexpected(there.error());
    const auto& state = store->state();
    const auto upper = open_upper(state, name);
    if (!upper && upper.error().status != ExitStatus::not_found)
        return std::unexpected(upper.error());
    if (!upper && !*there)
        return fail(ExitStatus::not_found, formatted("there is no server {}", quote(name.str())));
    if (!upper)
        return ServerFiles{name, {}, true}; // it was never started
    const auto record = read_mount_record(host, name);
    const auto mounted = record ? mounted_layers(state, name, *record) : std::nullopt;
    const IsOpaque is_opaque = [&](const std::string& path) -> std::optional<bool> {
        return mounted ? is_opaque_in(path, *upper, *mounted, host.merged_path(name)) : std::nullopt;
    };
    return survey_own_files(*upper, next_layers(*store, name), read_mount_times(state, name), is_opaque)
        .transform([&](OwnFiles own) { return ServerFiles{name, std::move(own), mounted.has_value()}; });
}

Result<std::size_t> discard_files(const Host& host, const InstanceName& name,
                                  const std::vector<OwnPath>& paths)
{
    const auto server = take_down_server(host, name);
    if (!server)
        return std::unexpected(server.error());
    const auto& upper = server->upper;
    if (paths.empty()) {
        const auto names = upper.entries();
        if (!names)
            return std::unexpected(names.error());
        return upper.remove_contents().transform([&] { return names->size(); });
    }
    for (const auto& path : paths)
        if (auto there = require_there(upper, path); !there)
            return std::unexpected(there.error());
    for (const auto& path : paths)
        if (auto removed = remove_path(upper, path); !removed)
            return std::unexpected(removed.error());
    return paths.size();
}

} // namespace left4me
