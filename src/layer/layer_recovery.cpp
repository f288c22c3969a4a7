#include "layer/layer_store.hpp"

#include "host/host_settings.hpp"
#include "host/layer_version.hpp"
#include "host/mount_record.hpp"
#include "host/places.hpp"
#include "system/tree_compare.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <format>
#include <ranges>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t readable = 0755;
constexpr mode_t own = 0700;

/// A work copy that is about to become the layer, in builds/REF; after the exchange, the
/// tree that was the layer. publish() writes the number and syncs before it gives a copy
/// this name, so after a crash the numbers tell which of the two it is.
const std::string ready_name = ".ready";

std::vector<std::string> parts_of(const LayerRef& ref)
{
    std::vector<std::string> parts;
    for (const auto part : std::views::split(ref.str(), '/'))
        parts.emplace_back(std::string_view(part));
    return parts;
}

/// The directory of that path below root, made as far as it is missing.
Result<Directory> make_path(const Directory& root, std::span<const std::string> parts, mode_t mode)
{
    auto directory = root.subdirectory(".");
    for (const auto& part : parts)
        directory = directory.and_then(
            [&](const Directory& above) { return above.make_subdirectory(part, mode); });
    return directory;
}

/// What a ref lies within; none for one of a single part.
std::optional<LayerRef> above(const LayerRef& ref)
{
    const auto slash = ref.str().rfind('/');
    if (slash == std::string::npos)
        return std::nullopt;
    return *LayerRef::parse(ref.str().substr(0, slash)); // a part of a good one is a good one
}

void remove_if_empty(const Directory& root, const LayerRef& ref)
{
    const auto parent = above(ref);
    const auto directory = root.subdirectory(parent ? parent->str() : ".");
    if (directory)
        (void)unlinkat(directory->descriptor(), parts_of(ref).back().c_str(), AT_REMOVEDIR);
}

Result<void> remove_entries(const Directory& directory, const std::vector<std::string>& names)
{
    for (const auto& name : names)
        if (auto removed = directory.remove_tree(name); !removed)
            return removed;
    return {};
}

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

Result<std::vector<std::uint64_t>> numbers_in(const Directory& versions)
{
    return versions.entries().transform([](const std::vector<std::string>& names) {
        std::vector<std::uint64_t> numbers;
        for (const auto& name : names) {
            std::uint64_t number = 0;
            const auto* end = name.data() + name.size();
            if (std::from_chars(name.data(), end, number).ptr == end)
                numbers.push_back(number);
        }
        std::ranges::sort(numbers);
        return numbers;
    });
}

bool is_mounted(const Directory& directory)
{
    const auto servers = directory.status().and_then(
        [](const struct stat& status) { return servers_on({status.st_dev, status.st_ino}); });
    return !servers || !servers->empty(); // what cannot be told may be
}

/// Removes the older versions that nobody keeps. What cannot be removed now is for the
/// next time.
void remove_unkept(const Directory& versions)
{
    const auto numbers = numbers_in(versions);
    const auto settings = load_host_settings();
    if (!numbers || !settings)
        return;
    const auto beyond = numbers->size() - std::min(numbers->size(), settings->layer_history);
    for (const auto number : std::views::take(*numbers, beyond)) {
        const auto name = std::to_string(number);
        const auto tree = versions.subdirectory(name);
        if (tree && !is_mounted(*tree))
            (void)versions.remove_tree(name);
    }
}

/// The tree that was a layer goes where its number is, or where the next free one is: a
/// layer made by hand in the place of another has none, and none may be lost.
Result<void> archive(const Directory& builds, const Directory& versions)
{
    const auto old = builds.subdirectory(ready_name);
    const auto kept = numbers_in(versions);
    if (!old || !kept)
        return std::unexpected(!old ? old.error() : kept.error());
    auto number = read_layer_version(*old).value_or(1);
    while (std::ranges::binary_search(*kept, number))
        ++number;
    return builds.rename_to(ready_name, versions, std::to_string(number), RENAME_NOREPLACE)
        .and_then([&] { return versions.sync(); });
}

/// Whether what is ready has been exchanged with the layer already: the layer's number
/// is then the higher one.
bool was_exchanged(const Directory& builds, const Directory& overlays, const std::string& name)
{
    const auto number = [](const Directory& above, const std::string& entry) {
        return above.subdirectory(entry)
            .transform([](const Directory& tree) { return read_layer_version(tree).value_or(1); })
            .value_or(0);
    };
    return number(overlays, name) > number(builds, ready_name);
}

/// Whoever holds the layer's lock finds here what another process was killed at. Holds the
/// contents' lock, too: a tree on its way from builds to versions may be seen in neither.
Result<void> recover(const Directory& builds, const Directory& versions, const Directory& overlays,
                     const std::string& name)
{
    const auto contents = InstanceLock::share_contents();
    const auto left = contents.and_then([&](const InstanceLock&) { return builds.entries(); });
    if (!left)
        return std::unexpected(left.error());
    for (const auto& entry : *left) {
        auto done = entry == ready_name && was_exchanged(builds, overlays, name)
                        ? archive(builds, versions)
                        : builds.remove_tree(entry);
        if (!done)
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
        text += std::format("{:02x}", byte);
    return BuildId::parse(text);
}

} // namespace

// --- one change ----------------------------------------------------------------

LayerChange::LayerChange(InstanceLock lock, WorkCopy copy, Places places, Directory tree,
                         std::string how)
    : lock_(std::move(lock)), copy_(std::move(copy)), places_(std::move(places)), tree_(std::move(tree)),
      how_(std::move(how)), begin_(std::chrono::system_clock::now())
{
}

LayerChange::~LayerChange()
{
    // Not after a move: then there is nothing open.
    if (!ended_ && tree_.descriptor() >= 0)
        (void)places_.builds.remove_tree(copy_.id.str());
}

Result<void> LayerChange::record(std::optional<std::uint64_t> version, const TreeSize& size,
                                 const std::string& problem) const
{
    const auto now = std::chrono::system_clock::now();
    return add_to_layer_history(places_.versions,
                                {how_, std::chrono::floor<std::chrono::seconds>(begin_),
                                 std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_),
                                 version, problem, size});
}

Result<void> LayerChange::discard(const Error& why)
{
    ended_ = true;
    return places_.builds.remove_tree(copy_.id.str()).and_then([&] {
        return record(std::nullopt, {}, why.message);
    });
}

Result<bool> LayerChange::is_unchanged() const
{
    const auto present = places_.overlays.subdirectory(places_.name);
    if (!present && present.error().status == ExitStatus::not_found)
        return false;
    return present.and_then([&](const Directory& layer) { return same_tree(layer, tree_); });
}

Result<void> LayerChange::leave_unchanged()
{
    ended_ = true;
    const auto size = measure_tree(tree_);
    if (!size)
        return std::unexpected(size.error());
    return places_.builds.remove_tree(copy_.id.str()).and_then([&] {
        return record(std::nullopt, *size, "");
    });
}

Result<std::optional<LayerRecipe>> LayerChange::recipe() const
{
    return read_layer_recipe(places_.versions);
}

Result<void> LayerChange::keep_recipe(const LayerRecipe& recipe) const
{
    return write_layer_recipe(places_.versions, recipe);
}

Result<std::uint64_t> LayerChange::next_version() const
{
    std::uint64_t newest = 0;
    const auto present = places_.overlays.subdirectory(places_.name);
    if (present)
        newest = read_layer_version(*present).value_or(1);
    else if (present.error().status != ExitStatus::not_found)
        return std::unexpected(present.error());
    const auto present_number = newest;
    for (const auto& record : read_layer_history(places_.versions))
        newest = std::max(newest, record.version.value_or(0));
    return numbers_in(places_.versions).transform([&](const auto& numbers) {
        // One more for archive(), where the present layer's number is taken.
        const auto taken = std::ranges::binary_search(numbers, present_number) ? 1 : 0;
        return (numbers.empty() ? newest : std::max(newest, numbers.back() + taken)) + 1;
    });
}

Result<void> LayerChange::put_in_place(const std::string& ready) const
{
    const auto present = places_.overlays.contains(places_.name);
    if (!present)
        return std::unexpected(present.error());
    const auto both_synced = [&] {
        return places_.overlays.sync().and_then([&] { return places_.builds.sync(); });
    };
    if (!*present)
        return places_.builds.rename_to(ready, places_.overlays, places_.name, RENAME_NOREPLACE)
            .and_then(both_synced);
    return places_.builds.rename_to(ready, places_.overlays, places_.name, RENAME_EXCHANGE)
        .and_then(both_synced)
        .and_then([&] { return archive(places_.builds, places_.versions); });
}

Result<std::uint64_t> LayerChange::publish()
{
    // What its links lead to is not to be taken for unused on the way.
    const auto contents = InstanceLock::share_contents();
    if (!contents)
        return std::unexpected(contents.error());
    const auto size = measure_tree(tree_);
    const auto version = next_version();
    if (!size || !version)
        return std::unexpected(!size ? size.error() : version.error());
    if (fchmod(tree_.descriptor(), readable) != 0)
        return fail_errno(std::format("cannot set the mode of {}", quote(tree_.path())), errno);
    auto done = write_layer_version(tree_, *version)
                    .and_then([&]() -> Result<void> {
                        if (syncfs(tree_.descriptor()) != 0)
                            return fail_errno(std::format("cannot sync {}", quote(tree_.path())), errno);
                        return {};
                    })
                    .and_then([&] {
                        return places_.builds.rename(copy_.id.str(), ready_name, RENAME_NOREPLACE);
                    })
                    .and_then([&] { return put_in_place(ready_name); });
    ended_ = true;
    if (!done) {
        // The first error is the one to tell.
        (void)recover(places_.builds, places_.versions, places_.overlays, places_.name);
        return std::unexpected(done.error());
    }
    remove_unkept(places_.versions);
    return record(*version, *size, "").transform([&] { return *version; });
}

// --- the store -----------------------------------------------------------------

Result<LayerStore> LayerStore::open()
{
    auto state = Directory::open(path::state);
    if (!state)
        return std::unexpected(state.error());
    auto overlays = state->subdirectory("overlays");
    auto builds = state->subdirectory("builds");
    auto versions = state->subdirectory("versions");
    for (const auto* opened : {&overlays, &builds, &versions})
        if (!*opened)
            return std::unexpected(opened->error());
    return LayerStore(std::move(*overlays), std::move(*builds), std::move(*versions));
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
    auto found = overlays_.subdirectory(ref.str());
    if (!found && found.error().status == ExitStatus::not_found)
        return fail(
            ExitStatus::not_found,
            std::format("there is no layer {}: l4d2ctl overlay list shows all", quote(ref.str())));
    return found;
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
    auto found = versions_.subdirectory(std::format("{}/{}", ref.str(), number));
    if (!found && found.error().status == ExitStatus::not_found)
        return fail(ExitStatus::not_found,
                    std::format("version {} of layer {} is not kept: l4d2ctl overlay history {} shows "
                                "those that are",
                                number, quote(ref.str()), ref.str()));
    return found;
}

LayerHistory LayerStore::history(const LayerRef& ref) const
{
    return versions_.subdirectory(ref.str()).transform(read_layer_history).value_or(LayerHistory());
}

Result<bool> LayerStore::has_recipe(const LayerRef& ref) const
{
    const auto versions = versions_.subdirectory(ref.str());
    if (!versions && versions.error().status == ExitStatus::not_found)
        return false;
    return versions.and_then(has_layer_recipe);
}

Result<void> LayerStore::forget_recipe(const LayerRef& ref) const
{
    const auto lock = InstanceLock::take(ref, std::format("overlay forget {}", ref.str()));
    if (!lock)
        return std::unexpected(lock.error());
    const auto kept = has_recipe(ref);
    if (!kept)
        return std::unexpected(kept.error());
    if (!*kept)
        return fail(ExitStatus::not_found,
                    std::format("layer {} is not made anew each day", quote(ref.str())));
    return versions_.subdirectory(ref.str()).and_then(remove_layer_recipe);
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
        return fail(ExitStatus::bad_data,
                    std::format("{} cannot be a layer: {} is one, and no layer may "
                                "lie within another",
                                quote(ref.str()), quote(other->str())));
    });
}

Result<LayerChange::Places> LayerStore::places(const LayerRef& ref) const
{
    const auto parts = parts_of(ref);
    auto overlays = make_path(overlays_, std::span(parts).first(parts.size() - 1), readable);
    auto builds = make_path(builds_, parts, own);
    auto versions = make_path(versions_, parts, own);
    for (const auto* made : {&overlays, &builds, &versions})
        if (!*made)
            return std::unexpected(made->error());
    return LayerChange::Places{std::move(*overlays), std::move(*builds), std::move(*versions),
                               parts.back()};
}

Result<LayerChange> LayerStore::begin_new(const LayerRef& ref, const std::string& how) const
{
    const auto none = [&]() -> Result<std::optional<Directory>> {
        const auto there = overlays_.contains(ref.str());
        if (!there)
            return std::unexpected(there.error());
        if (*there)
            return fail(ExitStatus::bad_data,
                        std::format("there is a layer {} already", quote(ref.str())));
        return std::nullopt;
    };
    return begin_from(ref, none, how, {});
}

Result<LayerChange> LayerStore::begin_from_version(const LayerRef& ref, std::uint64_t number,
                                                   const std::string& how,
                                                   const TreeProgress& progress) const
{
    return begin_from(ref, [&] { return version(ref, number).transform(found); }, how, progress);
}

Result<LayerChange> LayerStore::begin_from(const LayerRef& ref, const SourceFinder& find_source,
                                           const std::string& how, const TreeProgress& progress) const
{
    auto lock = InstanceLock::take(ref, std::format("overlay {} {}", how, ref.str()));
    if (!lock)
        return std::unexpected(lock.error());
    auto where = require_apart(ref).and_then([&] { return places(ref); });
    auto id = random_id();
    if (!where || !id)
        return std::unexpected(!where ? where.error() : id.error());
    auto tree = recover(where->builds, where->versions, where->overlays, where->name).and_then([&] {
        return where->builds.make_subdirectory(id->str(), own);
    });
    if (!tree)
        return std::unexpected(tree.error());
    LayerChange change(std::move(*lock), {ref, std::move(*id)}, std::move(*where), std::move(*tree),
                       how);
    const auto source = find_source();
    if (!source)
        return std::unexpected(source.error());
    if (*source)
        if (auto copied = copy_tree(**source, change.tree(), progress); !copied)
            return std::unexpected(copied.error());
    return change;
}

Result<LayerChange> LayerStore::begin_from_present(const LayerRef& ref, const std::string& how,
                                                   const TreeProgress& progress) const
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
    return begin_from(ref, present, how, progress);
}

/// Gone at once, however long its removal takes. Nobody can mount it then; who did a
/// moment before keeps it.
Result<void> LayerStore::take_away(const LayerChange::Places& where, const LayerRef& ref)
{
    // It may come back: what its links lead to is not to be taken for unused meanwhile.
    const auto contents = InstanceLock::share_contents();
    if (!contents)
        return std::unexpected(contents.error());
    auto moved =
        where.overlays.rename_to(where.name, where.builds, ready_name, RENAME_NOREPLACE).and_then([&] {
            return where.overlays.sync();
        });
    const auto tree = moved.and_then([&] { return where.builds.subdirectory(ready_name); });
    if (!tree)
        return std::unexpected(tree.error());
    if (!is_mounted(*tree))
        return {};
    return where.builds.rename_to(ready_name, where.overlays, where.name, RENAME_NOREPLACE)
        .and_then([&] -> Result<void> {
            return fail(ExitStatus::busy,
                        std::format("a server runs on layer {}: stop it first", quote(ref.str())));
        });
}

void LayerStore::prune(const LayerRef& ref) const
{
    const auto versions = versions_.subdirectory(ref.str());
    if (!versions)
        return; // it has none
    if (const auto lock = InstanceLock::take(ref, std::format("overlay prune {}", ref.str())))
        remove_unkept(*versions);
}

Result<void> LayerStore::remove(const LayerRef& ref) const
{
    auto lock = InstanceLock::take(ref, std::format("overlay delete {}", ref.str()));
    if (!lock)
        return std::unexpected(lock.error());
    auto where = layer(ref).and_then([&](const Directory&) { return require_apart(ref); }).and_then([&] {
        return places(ref);
    });
    if (!where)
        return std::unexpected(where.error());
    auto done = recover(where->builds, where->versions, where->overlays, where->name)
                    .and_then([&] { return take_away(*where, ref); })
                    .and_then([&] { return where->builds.remove_tree(ready_name); })
                    .and_then([&] { return where->versions.entries(); })
                    .and_then([&](const auto& names) { return remove_entries(where->versions, names); });
    if (!done)
        return done;
    {
        const auto released = std::move(*lock);
    }
    remove_empty_ways(ref);
    return {};
}

/// The directories on the way to a layer that is gone, as far as they are empty and no
/// change of a layer below them is under way, which has them open.
void LayerStore::remove_empty_ways(const LayerRef& ref) const
{
    for (auto way = std::optional(ref); way; way = above(*way)) {
        const auto lock = InstanceLock::take(*way, std::format("overlay delete {}", ref.str()));
        if (!lock)
            return;
        for (const auto* root : {&builds_, &versions_, &overlays_})
            remove_if_empty(*root, *way);
    }
}

} // namespace left4me
