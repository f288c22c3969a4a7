#include "layer/layer_store.hpp"

#include "host/layer_version.hpp"
#include "host/open_layer.hpp"
#include "layer/kept_versions.hpp"
#include "layer/layer_ways.hpp"
#include "system/format.hpp"
#include "system/tree_walk.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t readable_directory = 0755;
constexpr mode_t own = 0700;

bool is_layer(const Directory& directory)
{
    if (read_layer_version(directory))
        return true;
    const auto names = directory.entries();
    return names && std::ranges::any_of(*names, [&](const std::string& name) {
               struct stat status = {};
               return name == "left4dead2" || (fstatat(directory.descriptor(), name.c_str(), &status,
                                                       AT_SYMLINK_NOFOLLOW) == 0 &&
                                               !S_ISDIR(status.st_mode));
           });
}

Result<void> find_layers(const Directory& directory, const std::string& path, int depth,
                         std::vector<LayerRef>& found)
{
    if (auto ref = LayerRef::parse(path); ref && is_layer(directory)) {
        found.push_back(std::move(*ref));
        return {};
    }
    const auto names = directory.entries();
    if (!names || depth > deepest_tree)
        return names ? Result<void>{} : std::unexpected(names.error());
    for (const auto& name : *names) {
        const auto below = directory.subdirectory(name);
        if (!below || !LayerRef::parse(name))
            continue; // a file, or nothing that could be named
        const auto its_path = path.empty() ? name : path + "/" + name;
        if (auto done = find_layers(*below, its_path, depth + 1, found); !done)
            return done;
    }
    return {};
}

std::optional<Directory> found(Directory tree)
{
    return tree;
}

Result<BuildId> random_id()
{
    std::array<std::uint8_t, 8> bytes = {};
    if (getentropy(bytes.data(), bytes.size()) != 0)
        return fail_errno("cannot get a random number", errno);
    std::string text;
    for (const auto byte : bytes)
        text += formatted("{:02x}", byte);
    return BuildId::parse(text);
}

} // namespace

Result<LayerStore> LayerStore::open(const Host& host)
{
    auto state = host.open_state();
    if (!state)
        return std::unexpected(state.error());
    auto overlays = state->subdirectory("overlays");
    auto builds = state->subdirectory("builds");
    auto versions = state->subdirectory("versions");
    for (const auto* opened : {&overlays, &builds, &versions})
        if (!*opened)
            return std::unexpected(opened->error());
    return LayerStore(host, std::move(*overlays), std::move(*builds), std::move(*versions));
}

Result<std::vector<LayerRef>> LayerStore::refs() const
{
    std::vector<LayerRef> found;
    return find_layers(overlays_, "", 0, found).transform([&] {
        std::ranges::sort(found);
        return std::move(found);
    });
}

Result<Directory> LayerStore::layer(const LayerRef& ref) const
{
    return host_.open_state().and_then(
        [&](const Directory& state) { return open_layer(state, Layer::overlay(ref)); });
}

Result<std::vector<std::uint64_t>> LayerStore::versions(const LayerRef& ref) const
{
    const auto kept = versions_.subdirectory(ref.str());
    if (!kept && kept.error().status == ExitStatus::not_found)
        return std::vector<std::uint64_t>();
    return kept.and_then(numbers_in);
}

Result<Directory> LayerStore::version(const LayerRef& ref, std::uint64_t number) const
{
    auto found = versions_.subdirectory(formatted("{}/{}", ref.str(), number));
    if (!found && found.error().status == ExitStatus::not_found)
        return fail(ExitStatus::not_found,
                    formatted("version {} of layer {} is not kept: l4d2ctl overlay history {} shows "
                              "those that are",
                              number, quote(ref.str()), ref.str()));
    return found;
}

LayerHistory LayerStore::history(const LayerRef& ref) const
{
    return versions_.subdirectory(ref.str()).transform(read_layer_history).value_or(LayerHistory());
}

Result<bool> LayerStore::is_daily(const LayerRef& ref) const
{
    const auto versions = versions_.subdirectory(ref.str());
    if (!versions && versions.error().status == ExitStatus::not_found)
        return false;
    return versions.and_then(has_daily_script);
}

Result<void> LayerStore::forget_daily(const LayerRef& ref) const
{
    const auto lock = InstanceLock::take(host_, ref, formatted("overlay forget {}", ref.str()));
    if (!lock)
        return std::unexpected(lock.error());
    const auto kept = is_daily(ref);
    if (!kept)
        return std::unexpected(kept.error());
    if (!*kept)
        return fail(ExitStatus::not_found,
                    formatted("layer {} is not made anew each day", quote(ref.str())));
    return versions_.subdirectory(ref.str()).and_then(remove_daily_script);
}

/// No layer may be a prefix of another: the kernel refuses such layers in one mount, and
/// a change of the one would be a change of the other.
Result<void> LayerStore::require_apart(const LayerRef& ref) const
{
    return refs().and_then([&](const std::vector<LayerRef>& all) -> Result<void> {
        const auto other = std::ranges::find_if(
            all, [&](const LayerRef& one) { return one != ref && one.overlaps(ref); });
        if (other == all.end())
            return {};
        return fail(ExitStatus::bad_data, formatted("{} cannot be a layer: {} is one, and no layer may "
                                                    "lie within another",
                                                    quote(ref.str()), quote(other->str())));
    });
}

Result<LayerPlaces> LayerStore::places(const LayerRef& ref) const
{
    const auto parent = above(ref);
    auto overlays = overlays_.make_path(parent ? parent->str() : "", readable_directory);
    auto builds = builds_.make_path(ref.str(), own);
    auto versions = versions_.make_path(ref.str(), own);
    for (const auto* made : {&overlays, &builds, &versions})
        if (!*made)
            return std::unexpected(made->error());
    return LayerPlaces{std::move(*overlays), std::move(*builds), std::move(*versions), name_of(ref)};
}

Result<LayerChange> LayerStore::begin_new(const LayerRef& ref, const std::string& how) const
{
    const auto none = [&]() -> Result<std::optional<Directory>> {
        const auto there = overlays_.contains(ref.str());
        if (!there)
            return std::unexpected(there.error());
        if (*there)
            return fail(ExitStatus::bad_data,
                        formatted("there is a layer {} already", quote(ref.str())));
        return std::nullopt;
    };
    return begin_from(ref, none, how, {});
}

Result<LayerChange> LayerStore::begin_empty(const LayerRef& ref, const std::string& how) const
{
    return begin_from(ref, []() -> Result<std::optional<Directory>> { return std::nullopt; }, how, {});
}

Result<LayerChange> LayerStore::begin_from_version(const LayerRef& ref, std::uint64_t number,
                                                   const std::string& how, const Phase& phase) const
{
    return begin_from(ref, [&] { return version(ref, number).transform(found); }, how, phase);
}

Result<LayerChange> LayerStore::begin_from(const LayerRef& ref, const SourceFinder& find_source,
                                           const std::string& how, const Phase& phase) const
{
    auto lock = InstanceLock::take(host_, ref, formatted("overlay {} {}", how, ref.str()));
    if (!lock)
        return std::unexpected(lock.error());
    auto where = require_apart(ref).and_then([&] { return places(ref); });
    auto id = random_id();
    if (!where || !id)
        return std::unexpected(!where ? where.error() : id.error());
    auto tree = recover_layer(host_, *where).and_then([&] {
        return where->builds.make_subdirectory(id->str(), own).transform_error([&](Error error) {
            // Without the place of the copy, which nobody has named.
            error.message = formatted("cannot make a copy of layer {} to change: {}", quote(ref.str()),
                                      reason_of(error));
            return error;
        });
    });
    if (!tree)
        return std::unexpected(tree.error());
    LayerChange change(host_, std::move(*lock), {ref, std::move(*id)}, std::move(*where),
                       std::move(*tree).called(ref.str()), how);
    const auto source = find_source();
    if (!source)
        return std::unexpected(source.error());
    if (*source)
        if (auto copied = copy_tree(**source, change.tree(), phase); !copied)
            return std::unexpected(copied.error());
    return change;
}

Result<LayerChange> LayerStore::begin_from_present(const LayerRef& ref, const std::string& how,
                                                   const Phase& phase) const
{
    // Opened under the lock: another change may have been published a moment ago.
    const auto present = [&] {
        return overlays_.subdirectory(ref.str()).transform(found).or_else(
            [](const Error& error) -> Result<std::optional<Directory>> {
                if (error.status == ExitStatus::not_found)
                    return std::nullopt;
                return std::unexpected(error);
            });
    };
    return begin_from(ref, present, how, phase).transform([](LayerChange change) {
        change.mark_untouched();
        return change;
    });
}

/// Gone at once, however long its removal takes. Nobody can mount it then; who did a
/// moment before keeps it.
Result<void> LayerStore::take_away(const LayerPlaces& where, const LayerRef& ref) const
{
    // It may come back: what its links lead to is not to be taken for unused meanwhile.
    const auto contents = InstanceLock::share_contents(host_);
    if (!contents)
        return std::unexpected(contents.error());
    auto moved =
        where.overlays.rename_to(where.name, where.builds, ready_name, RENAME_NOREPLACE).and_then([&] {
            return where.overlays.sync();
        });
    const auto tree = moved.and_then([&] { return where.builds.subdirectory(ready_name); });
    if (!tree)
        return std::unexpected(tree.error());
    if (!is_mounted(host_, *tree))
        return {};
    return where.builds.rename_to(ready_name, where.overlays, where.name, RENAME_NOREPLACE)
        .and_then([&] -> Result<void> {
            return fail(ExitStatus::busy,
                        formatted("a server runs on layer {}: stop it first", quote(ref.str())));
        });
}

Result<void> LayerStore::require_left(const LayerRef& ref) const
{
    const auto there = layer(ref);
    if (there || there.error().status != ExitStatus::not_found)
        return there.transform([](const Directory&) {});
    for (const auto* root : {&builds_, &versions_})
        if (root->subdirectory(ref.str()))
            return {};
    return std::unexpected(there.error());
}

void LayerStore::prune(const LayerRef& ref) const
{
    const auto versions = versions_.subdirectory(ref.str());
    if (!versions)
        return; // it has none
    if (const auto lock = InstanceLock::take(host_, ref, formatted("overlay prune {}", ref.str())))
        remove_unkept(host_, *versions);
}

Result<void> LayerStore::remove(const LayerRef& ref) const
{
    auto lock = InstanceLock::take(host_, ref, formatted("overlay delete {}", ref.str()));
    if (!lock)
        return std::unexpected(lock.error());
    auto where = require_left(ref).and_then([&] { return require_apart(ref); }).and_then([&] {
        return places(ref);
    });
    if (!where)
        return std::unexpected(where.error());
    auto done =
        recover_layer(host_, *where)
            .and_then([&] { return where->overlays.contains(where->name); })
            .and_then([&](bool there) { return there ? take_away(*where, ref) : Result<void>(); })
            .and_then([&] { return where->builds.remove_tree(ready_name); })
            .and_then([&] { return remove_past(where->versions); });
    if (!done)
        return done;
    {
        const auto released = std::move(*lock);
    }
    remove_empty_ways(host_, ref);
    return {};
}

} // namespace left4me
