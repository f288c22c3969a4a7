#include "host/older_installations.hpp"

#include "host/mount_record.hpp"
#include "host/places.hpp"

namespace left4me {

Result<std::vector<OlderInstallation>> open_older_installations(const Directory& state)
{
    std::vector<OlderInstallation> all;
    for (const auto* place : entry::older_installations) {
        auto tree = state.subdirectory(place);
        if (tree)
            all.push_back({place, std::move(*tree)});
        else if (tree.error().status != ExitStatus::not_found)
            return std::unexpected(tree.error());
    }
    return all;
}

Result<std::optional<const char*>> free_older_place(const Host& host, const Directory& state)
{
    const auto all = open_older_installations(state);
    if (!all)
        return std::unexpected(all.error());
    for (const auto& [place, tree] : *all) {
        const auto servers = servers_on(host, tree);
        if (!servers)
            return std::unexpected(servers.error());
        if (servers->empty())
            return place;
    }
    return std::nullopt;
}

Result<std::vector<Directory>> unused_installations(const Host& host, const Directory& state)
{
    auto all = open_older_installations(state);
    if (!all)
        return std::unexpected(all.error());
    std::vector<Directory> unused;
    for (auto& [place, tree] : *all) {
        const auto entries = tree.entries();
        const auto servers = servers_on(host, tree);
        if (!entries || !servers)
            return std::unexpected(!entries ? entries.error() : servers.error());
        if (!entries->empty() && servers->empty())
            unused.push_back(std::move(tree));
    }
    return unused;
}

} // namespace left4me
