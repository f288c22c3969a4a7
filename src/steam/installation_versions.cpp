#include "steam/installation_versions.hpp"

#include "host/host_lock.hpp"
#include "host/layer_version.hpp"
#include "host/older_installations.hpp"
#include "host/places.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/tree_modes.hpp"

#include <cerrno>
#include <unistd.h>

namespace left4me {
namespace {

std::string build_text(const std::optional<std::string>& build)
{
    return build ? formatted("build {}", *build) : "a build of unknown number";
}

/// All trees that there are, the present one first.
Result<std::vector<Directory>> open_all(const Host& host)
{
    auto trees = open_installation_trees(host);
    if (!trees)
        return std::unexpected(trees.error());
    auto older = open_older_installations(trees->state);
    if (!older)
        return std::unexpected(older.error());
    std::vector<Directory> all;
    all.push_back(std::move(trees->present));
    all.push_back(std::move(trees->next));
    for (auto& one : *older)
        all.push_back(std::move(one.tree));
    return all;
}

/// busy while a server has the next tree mounted: what is mounted is never changed.
Result<void> require_unused(const InstallationTrees& trees)
{
    return servers_on(trees.host, trees.next)
        .and_then([&](const std::vector<InstanceName>& servers) -> Result<void> {
            if (servers.empty())
                return {};
            const auto users = users_of_older_installations(trees.host);
            if (!users)
                return std::unexpected(users.error());
            return fail(ExitStatus::busy,
                        formatted("servers run on all older builds of the game that there is a place "
                                  "for: {}; l4d2ctl restart those on one of these builds",
                                  *users));
        });
}

} // namespace

Result<std::vector<InstallationVersion>> installation_versions(const Host& host)
{
    const auto trees = open_all(host);
    if (!trees)
        return std::unexpected(trees.error());
    std::vector<InstallationVersion> versions;
    for (const auto& tree : *trees) {
        const auto identity = identity_of(tree);
        if (!identity)
            return std::unexpected(identity.error());
        versions.push_back({*identity, build_of(tree)});
    }
    return versions;
}

Result<std::string> users_of_older_installations(const Host& host)
{
    const auto versions = installation_versions(host);
    if (!versions)
        return std::unexpected(versions.error());
    std::string text;
    for (auto version = versions->begin() + 1; version != versions->end(); ++version) {
        const auto servers = servers_on(host, version->directory);
        if (!servers)
            return std::unexpected(servers.error());
        for (const auto& server : *servers)
            text += formatted("{}{} ({})", text.empty() ? "" : ", ", server.str(),
                              build_text(version->build));
    }
    return text;
}

Result<InstallationTrees> open_with_unused_next(const Host& host, const AskForExchange& ask)
{
    auto trees = open_installation_trees(host);
    if (!trees)
        return trees;
    const auto servers = servers_on(host, trees->next);
    const auto free = free_older_place(host, trees->state);
    if (!servers || !free)
        return std::unexpected(!servers ? servers.error() : free.error());
    if (!servers->empty() && *free) {
        if (auto asked = ask(); !asked)
            return std::unexpected(asked.error());
        trees = open_installation_trees(host); // by their names of now
    }
    return std::move(trees).and_then([](InstallationTrees opened) {
        return require_unused(opened).transform([&] { return std::move(opened); });
    });
}

Result<void> publish_next(const InstallationTrees& trees, const AskForExchange& ask)
{
    const auto installed = is_whole(trees.present);
    if (!installed)
        return std::unexpected(installed.error());
    const auto before = *installed ? read_layer_version(trees.present).value_or(1) : 0;
    return guard_tree(trees.next)
        .and_then([&](const TreeSize&) { return write_layer_version(trees.next, before + 1); })
        .and_then([&]() -> Result<void> {
            if (syncfs(trees.next.descriptor()) != 0)
                return fail_errno(formatted("cannot write {} to the disk", quote(trees.next.path())),
                                  errno);
            return check_interruption();
        })
        .and_then([&] { return trees.next.create_file(entry::complete, "", 0644); })
        .and_then([&] { return trees.next.sync(); })
        .and_then(ask);
}

Result<void> remove_unused_installations(const Host& host, Report& report)
{
    const auto unused = host.open_state().and_then(
        [&](const Directory& state) { return unused_installations(host, state); });
    if (!unused)
        return std::unexpected(unused.error());
    for (const auto& tree : *unused) {
        report.step(formatted("removing {} of the game, which no server runs on any more",
                              build_text(build_of(tree))));
        if (auto removed = tree.remove_contents(); !removed)
            return removed;
    }
    return {};
}

void release_installations(const Host& host, const std::string& doing, Report& report)
{
    const auto unused = host.open_state().and_then(
        [&](const Directory& state) { return unused_installations(host, state); });
    if (!unused || unused->empty())
        return;
    if (const auto lock = InstanceLock::take_installation(host, doing))
        (void)remove_unused_installations(host, report); // else the next time
}

} // namespace left4me
