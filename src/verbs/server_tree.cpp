#include "verbs/server_tree.hpp"

#include "host/layer_version.hpp"
#include "host/live_directory.hpp"
#include "host/own_tree.hpp"
#include "host/places.hpp"
#include "host/server_state.hpp"
#include "host/systemd.hpp"
#include "system/format.hpp"

#include <algorithm>

namespace left4me {
namespace {

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

} // namespace

Result<Directory> open_upper(const Directory& state, const InstanceName& name)
{
    return state.subdirectory(upper_path(name));
}

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

Result<DownServer> take_down_server(const Host& host, const InstanceName& name, std::string_view doing)
{
    auto lock = InstanceLock::take(host, name, doing);
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
    return finish_replacement(*upper).transform(
        [&] { return DownServer{std::move(*lock), std::move(*upper)}; });
}

} // namespace left4me
