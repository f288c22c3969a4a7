#include "host/own_tree.hpp"

#include "host/places.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace left4me {
namespace {

constexpr const char* place = ".left4me-restore"; // in upper
constexpr const char* fresh = "new";              // in it: being made
constexpr const char* decided = "decided";        // whole: the old tree is being removed
constexpr const char* moving = "moving";          // the old tree is gone
constexpr mode_t private_directory = 0700;

/// All of the old tree.
Result<void> remove_old(const Directory& upper)
{
    const auto names = upper.entries();
    if (!names)
        return std::unexpected(names.error());
    for (const auto& name : *names)
        if (name != place)
            if (auto removed = upper.remove_tree(name); !removed)
                return removed;
    return {};
}

/// What has one of the names there was written since, after a try that was cut off.
Result<void> move_in(const Directory& upper, const Directory& tree)
{
    const auto names = tree.entries();
    if (!names)
        return std::unexpected(names.error());
    for (const auto& name : *names)
        if (auto moved = upper.remove_tree(name).and_then(
                [&] { return tree.rename_to(name, upper, name, RENAME_NOREPLACE); });
            !moved)
            return moved;
    return upper.sync();
}

} // namespace

std::string upper_path(const InstanceName& name)
{
    return formatted("{}/{}", runtime_path(name), entry::upper);
}

Result<Directory> begin_replacement(const Directory& upper)
{
    return finish_replacement(upper)
        .and_then([&] { return upper.make_subdirectory(place, private_directory); })
        .and_then(
            [](const Directory& work) { return work.make_subdirectory(fresh, private_directory); });
}

Result<void> put_replacement(const Directory& upper)
{
    if (syncfs(upper.descriptor()) != 0)
        return fail_errno(formatted("cannot sync {}", quote(upper.path())), errno);
    return upper.subdirectory(place)
        .and_then([](const Directory& work) {
            return work.rename(fresh, decided, RENAME_NOREPLACE).and_then([&] { return work.sync(); });
        })
        .and_then([&] { return finish_replacement(upper); });
}

void drop_replacement(const Directory& upper)
{
    (void)upper.remove_tree(place); // there is another error to tell
}

Result<void> finish_replacement(const Directory& upper)
{
    const auto work = upper.subdirectory(place);
    if (!work && work.error().status == ExitStatus::not_found)
        return {};
    const auto is_there = [&](const char* name) { return work && work->subdirectory(name).has_value(); };
    Result<void> done;
    if (is_there(decided))
        done =
            remove_old(upper).and_then([&] { return work->rename(decided, moving, RENAME_NOREPLACE); });
    if (done && is_there(moving))
        done = work->subdirectory(moving).and_then(
            [&](const Directory& tree) { return move_in(upper, tree); });
    return done.and_then([&] { return upper.remove_tree(place); });
}

} // namespace left4me
