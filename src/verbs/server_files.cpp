#include "verbs/server_files.hpp"

#include "host/instance_store.hpp"
#include "host/mount_record.hpp"
#include "system/format.hpp"
#include "verbs/server_tree.hpp"

#include <optional>

namespace left4me {
namespace {

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

Result<ServerFiles> files_of(const Host& host, const InstanceName& name, std::size_t most)
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
    return survey_own_files(*upper, next_layers(*store, name), read_mount_times(state, name), is_opaque,
                            most)
        .transform([&](OwnFiles own) { return ServerFiles{name, std::move(own), mounted.has_value()}; });
}

Result<std::size_t> discard_files(const Host& host, const InstanceName& name,
                                  const std::vector<OwnPath>& paths)
{
    const auto server = take_down_server(host, name, formatted("files {} --discard", name.str()));
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
