#include "layer/layer_ways.hpp"

#include "host/host_lock.hpp"
#include "host/layer_version.hpp"
#include "layer/kept_versions.hpp"
#include "system/format.hpp"
#include "system/path_parts.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace left4me {
namespace {

void remove_if_bare(const Directory& root, const LayerRef& ref)
{
    const auto bare = root.subdirectory(ref.str()).and_then(is_bare);
    const auto parent = above(ref);
    const auto directory = root.subdirectory(parent ? parent->str() : ".");
    if (directory && bare && *bare)
        (void)unlinkat(directory->descriptor(), name_of(ref).c_str(), AT_REMOVEDIR);
}

} // namespace

std::optional<LayerRef> above(const LayerRef& ref)
{
    const auto slash = ref.str().rfind('/');
    if (slash == std::string::npos)
        return std::nullopt;
    return *LayerRef::parse(ref.str().substr(0, slash)); // a part of a good one is a good one
}

std::string name_of(const LayerRef& ref)
{
    return last_part(ref.str());
}

Result<bool> is_bare(const Directory& directory)
{
    if (read_layer_version(directory))
        return false;
    return directory.entries().transform([](const auto& names) { return names.empty(); });
}

Result<void> remove_past(const Directory& versions)
{
    const auto numbers = numbers_in(versions);
    if (!numbers)
        return std::unexpected(numbers.error());
    for (const auto number : *numbers)
        if (auto removed = remove_version(versions, number); !removed)
            return removed;
    const auto names = versions.entries();
    if (!names)
        return std::unexpected(names.error());
    for (const auto& name : *names)
        if (auto removed = versions.remove_tree(name); !removed)
            return removed;
    return {};
}

void remove_empty_ways(const Host& host, const LayerRef& ref)
{
    const auto state = host.open_state();
    if (!state)
        return;
    for (auto way = std::optional(ref); way; way = above(*way)) {
        const auto lock = InstanceLock::take(host, *way, formatted("overlay delete {}", ref.str()));
        if (!lock)
            return;
        for (const auto* name : {"builds", "versions", "overlays"})
            if (const auto root = state->subdirectory(name))
                remove_if_bare(*root, *way);
    }
}

} // namespace left4me
