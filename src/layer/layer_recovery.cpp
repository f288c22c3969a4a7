#include "layer/layer_recovery.hpp"

#include "host/host_lock.hpp"
#include "host/layer_version.hpp"
#include "layer/kept_versions.hpp"

#include <algorithm>
#include <cstdio>

namespace left4me {
namespace {

/// Whether what is ready has been exchanged with the layer already: the layer's number
/// is then the higher one. What is no tree that can be opened is none of left4me's.
bool was_exchanged(const LayerPlaces& places)
{
    if (!places.builds.subdirectory(ready_name))
        return false;
    const auto number = [](const Directory& above, const std::string& entry) {
        return above.subdirectory(entry)
            .transform([](const Directory& tree) { return read_layer_version(tree).value_or(1); })
            .value_or(0);
    };
    return number(places.overlays, places.name) > number(places.builds, ready_name);
}

} // namespace

Result<void> archive_replaced(const LayerPlaces& places)
{
    const auto old = places.builds.subdirectory(ready_name);
    const auto kept = numbers_in(places.versions);
    if (!old || !kept)
        return std::unexpected(!old ? old.error() : kept.error());
    auto number = read_layer_version(*old).value_or(1);
    while (std::ranges::binary_search(*kept, number))
        ++number;
    return places.builds.rename_to(ready_name, places.versions, std::to_string(number), RENAME_NOREPLACE)
        .and_then([&] { return places.versions.sync(); });
}

Result<void> recover_layer(const Host& host, const LayerPlaces& places)
{
    // A tree on its way from builds to versions may be seen in neither.
    const auto contents = InstanceLock::share_contents(host);
    const auto left = contents.and_then([&](const InstanceLock&) { return places.builds.entries(); });
    if (!left)
        return std::unexpected(left.error());
    for (const auto& entry : *left) {
        auto done = entry == ready_name && was_exchanged(places) ? archive_replaced(places)
                                                                 : places.builds.remove_tree(entry);
        if (!done)
            return done;
    }
    return finish_removals(places.versions);
}

} // namespace left4me
