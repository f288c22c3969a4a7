#include "verbs/layer_state.hpp"

#include "host/instance_store.hpp"
#include "host/layer_version.hpp"
#include "host/mount_record.hpp"
#include "model/layer.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

namespace left4me {
namespace {

using nlohmann::ordered_json;

bool names_layer(const Result<InstanceConfig>& config, const LayerRef& ref)
{
    return config && std::ranges::contains(config->lowerdirs, Layer::overlay(ref));
}

ordered_json to_json(const LayerChangeRecord& record)
{
    return {
        {"how", record.how},
        {"when", rfc3339(record.when.time_since_epoch())},
        {"duration_ms", record.duration.count()},
        {"version", record.version ? ordered_json(*record.version) : ordered_json(nullptr)},
        {"problem", record.problem.empty() ? ordered_json(nullptr) : ordered_json(record.problem)},
        {"files", record.size.files},
        {"bytes", record.size.bytes},
    };
}

ordered_json to_json(const LayerState& layer)
{
    ordered_json users = ordered_json::array();
    for (const auto& user : layer.users)
        users.push_back({{"server", user.server.str()},
                         {"configured", user.configured},
                         {"mounted", user.mounted ? ordered_json(*user.mounted) : ordered_json(nullptr)},
                         {"current", user.current}});
    return {
        {"ref", layer.ref.str()},
        {"version", layer.version},
        {"files", layer.size.files},
        {"bytes", layer.size.bytes},
        {"kept_versions", layer.kept},
        {"daily", layer.daily},
        {"users", std::move(users)},
        {"last_change", layer.last ? to_json(*layer.last) : ordered_json(nullptr)},
    };
}

} // namespace

Result<std::vector<LayerUser>> users_of(const LayerRef& ref, const LayerStore& layers)
{
    const auto present = layers.layer(ref).and_then([](const Directory& tree) { return tree.status(); });
    const auto instances = InstanceStore::open();
    const auto names = instances.and_then([](const InstanceStore& store) { return store.names(); });
    if (!names)
        return std::unexpected(names.error());
    std::vector<LayerUser> users;
    for (const auto& name : *names) {
        LayerUser user = {name, names_layer(instances->read_config(name), ref), std::nullopt, true};
        const auto record = read_mount_record(name);
        const bool runs = record.has_value();
        if (runs) {
            const auto mounted = std::ranges::find(record->layers, ref.str(), &MountedLayer::ref);
            if (mounted != record->layers.end()) {
                user.mounted = mounted->version;
                user.current =
                    present && mounted->directory == MountedDirectory{present->st_dev, present->st_ino};
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
    const auto daily = layers.has_recipe(ref);
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

std::string format_layer_json(const LayerState& layer)
{
    return to_json(layer).dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

std::string format_layer_json(const std::vector<LayerState>& layers)
{
    ordered_json all = ordered_json::array();
    for (const auto& layer : layers)
        all.push_back(to_json(layer));
    return all.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

std::string format_history_json(const LayerHistory& history, const std::vector<std::uint64_t>& kept)
{
    ordered_json all = ordered_json::array();
    for (const auto& record : std::views::reverse(history)) {
        auto object = to_json(record);
        object["kept"] = record.version && std::ranges::contains(kept, *record.version);
        all.push_back(std::move(object));
    }
    return all.dump(2, ' ', false, ordered_json::error_handler_t::replace) + '\n';
}

} // namespace left4me
