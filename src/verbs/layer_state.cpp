#include "verbs/layer_state.hpp"

#include "host/instance_store.hpp"
#include "host/layer_version.hpp"
#include "host/mount_record.hpp"
#include "model/layer.hpp"

#include <algorithm>

namespace left4me {
namespace {

bool names_layer(const Result<InstanceConfig>& config, const LayerRef& ref)
{
    return config && std::ranges::contains(config->lowerdirs, Layer::overlay(ref));
}

} // namespace

Result<std::vector<LayerUser>> users_of(const LayerRef& ref, const LayerStore& layers)
{
    const auto present = layers.layer(ref).and_then(identity_of);
    const auto instances = InstanceStore::open(layers.host());
    const auto names = instances.and_then([](const InstanceStore& store) { return store.names(); });
    if (!names)
        return std::unexpected(names.error());
    std::vector<LayerUser> users;
    for (const auto& name : *names) {
        LayerUser user = {name, names_layer(instances->read_config(name), ref), std::nullopt, true};
        const auto record = read_mount_record(layers.host(), name);
        const bool runs = record.has_value();
        if (runs) {
            const auto mounted = std::ranges::find(record->layers, ref.str(), &MountedLayer::ref);
            if (mounted != record->layers.end()) {
                user.mounted = mounted->version;
                user.current = present && mounted->directory == *present;
            }
        }
        if (user.configured || user.mounted)
            users.push_back(std::move(user));
    }
    return users;
}

Result<LayerState> read_layer_state(const LayerRef& ref, const LayerStore& layers)
{
    const auto tree = layers.layer(ref);
    if (!tree)
        return std::unexpected(tree.error());
    const auto size = measure_tree(*tree);
    const auto kept = layers.versions(ref);
    auto users = users_of(ref, layers);
    if (!size || !kept || !users)
        return std::unexpected(!size ? size.error() : !kept ? kept.error() : users.error());
    const auto history = layers.history(ref);
    const auto daily = layers.is_daily(ref);
    if (!daily)
        return std::unexpected(daily.error());
    return LayerState{ref,
                      read_layer_version(*tree).value_or(1),
                      *size,
                      *kept,
                      std::move(*users),
                      *daily,
                      history.empty() ? std::nullopt : std::optional(history.back())};
}

} // namespace left4me
