#include "workshop_layer.hpp"

#include "helper_call.hpp"
#include "interruption.hpp"
#include "layer.hpp"
#include "mount_record.hpp"
#include "state_directory.hpp"
#include "workshop_list.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <format>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t readable = 0755;
const std::string work_name = "workshop"; // one at a time: the workshop's lock is held

/// The directory that has the last part of path, made if need be.
Result<Directory> make_parents(const Directory& state, const std::string& path)
{
    auto parent = state.subdirectory(".");
    for (std::size_t begin = 0; parent;) {
        const auto end = path.find('/', begin);
        if (end == std::string::npos)
            break;
        parent = parent->make_subdirectory(path.substr(begin, end - begin), readable);
        begin = end + 1;
    }
    return parent;
}

std::uint64_t newest_version(const Directory& versions)
{
    std::uint64_t newest = 0;
    if (const auto names = versions.entries())
        for (const auto& name : *names) {
            std::uint64_t number = 0;
            std::from_chars(name.data(), name.data() + name.size(), number);
            newest = std::max(newest, number);
        }
    return newest;
}

/// All but the newest few, and never one that a server has mounted.
Result<void> prune_versions(const Directory& versions)
{
    constexpr std::uint64_t kept = 3;
    const auto newest = newest_version(versions);
    const auto names = versions.entries();
    if (!names)
        return std::unexpected(names.error());
    for (const auto& name : *names) {
        std::uint64_t number = 0;
        std::from_chars(name.data(), name.data() + name.size(), number);
        if (number + kept > newest)
            continue;
        const auto servers = versions.subdirectory(name)
                                 .and_then([](const Directory& tree) { return tree.status(); })
                                 .and_then([](const struct stat& status) {
                                     return servers_on(MountedDirectory{status.st_dev, status.st_ino});
                                 });
        if (servers && servers->empty())
            if (auto removed = versions.remove_tree(name); !removed)
                return removed;
    }
    return {};
}

Result<void> copy_layer(const std::string& layer, const std::string& work)
{
    const auto copied =
        output_of({"/usr/bin/cp", "-a", "--reflink=auto", "--",
                   std::format("{}/{}/.", path::state, layer), std::format("{}/{}/", path::state, work)},
                  0);
    if (!copied && copied.error().status == ExitStatus::internal)
        return fail(ExitStatus::io, std::format("cannot copy {}", quote(layer)));
    return copied.transform([](const std::string&) {});
}

Result<void> publish(const Directory& state, const LayerRef& ref, const std::string& work, bool present)
{
    const auto layer = Layer::overlay(ref).path();
    const auto parent = make_parents(state, layer);
    const auto versions = make_parents(state, std::format("versions/{}/1", ref.str()));
    for (const auto* made : {&parent, &versions})
        if (!*made)
            return std::unexpected(made->error());
    if (!present)
        return state.rename(work, layer, RENAME_NOREPLACE).and_then([&] { return parent->sync(); });
    const auto old = std::format("versions/{}/{}", ref.str(), newest_version(*versions) + 1);
    return state.rename(work, layer, RENAME_EXCHANGE)
        .and_then([&] { return parent->sync(); })
        .and_then([&] { return state.rename(work, old, RENAME_NOREPLACE); })
        .and_then([&] { return prune_versions(*versions); });
}

} // namespace

Result<void> change_layer(const LayerRef& ref,
                          const std::function<Result<void>(const Directory& work)>& change)
{
    auto state = Directory::open(path::state);
    if (!state)
        return std::unexpected(state.error());
    const auto layer = Layer::overlay(ref).path();
    const auto work = "builds/" + work_name;
    const auto present = state->contains(layer);
    if (!present)
        return std::unexpected(present.error());
    auto builds = state->subdirectory("builds");
    if (!builds)
        return std::unexpected(builds.error());
    // Left by one that was killed.
    auto tree = builds->remove_tree(work_name).and_then(
        [&] { return builds->make_subdirectory(work_name, readable); });
    if (!tree)
        return std::unexpected(tree.error());
    if (chmod((path::state + "/" + work).c_str(), readable) != 0)
        return fail_errno("cannot make a work copy", errno);
    auto done = (*present ? copy_layer(layer, work) : Result<void>{})
                    .and_then([&] { return change(*tree); })
                    .and_then(check_interruption)
                    .and_then([&] -> Result<void> {
                        if (syncfs(tree->descriptor()) != 0)
                            return fail_errno("cannot write the layer to the disk", errno);
                        return publish(*state, ref, work, *present);
                    });
    if (!done)
        (void)builds->remove_tree(work_name); // the first error is the one to tell
    return done;
}

Result<std::vector<LayerRef>> workshop_layers()
{
    namespace fs = std::filesystem;
    constexpr int deepest = 8;
    const fs::path overlays = path::state + "/overlays";
    std::vector<LayerRef> layers;
    std::error_code problem;
    fs::recursive_directory_iterator entry(overlays, problem);
    for (const fs::recursive_directory_iterator end; !problem && entry != end;
         entry.increment(problem)) {
        std::error_code unknown;
        const bool directory = entry->is_directory(unknown) && !entry->is_symlink(unknown);
        const bool listed =
            directory && fs::is_regular_file(entry->path() / workshop_list_name, unknown);
        // A layer has no layers in it.
        if (directory &&
            (listed || entry.depth() >= deepest || entry->path().filename() == "left4dead2"))
            entry.disable_recursion_pending();
        if (listed)
            if (auto ref = LayerRef::parse(entry->path().lexically_relative(overlays).native()))
                layers.push_back(std::move(*ref));
    }
    if (problem)
        return fail(ExitStatus::io,
                    std::format("cannot list {}: {}", quote(overlays.native()), problem.message()));
    std::ranges::sort(layers, {}, &LayerRef::str);
    return layers;
}

} // namespace left4me
