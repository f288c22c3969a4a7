#include "steam/installation_copy.hpp"

#include "host/places.hpp"
#include "system/format.hpp"
#include "system/free_space.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "system/tree_copy.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <vector>

namespace left4me {
namespace {

/// While the copy of the old installation is not whole.
const std::string copying = ".left4me-copying";

/// What was in the tree before it was made anew; by the second name while it is moved there.
const std::string set_aside = ".left4me-before";
const std::string setting_aside = ".left4me-before.part";

/// Where steamcmd writes down what it knows of the tree. It is made before steamcmd runs.
const std::string steam_state = "steamapps";

Result<void> empty(const Directory& tree, const std::vector<std::string>& but)
{
    const auto entries = tree.entries();
    if (!entries)
        return std::unexpected(entries.error());
    for (const auto& name : *entries)
        if (!std::ranges::contains(but, name))
            if (auto removed = tree.remove_tree(name); !removed)
                return removed;
    return {};
}

/// Whether the file system can share the bytes of a file and its copy.
bool shares_bytes(const InstallationTrees& trees)
{
    const std::string probe = ".left4me-probe";
    const FileDescriptor from(
        openat(trees.present.descriptor(), "srcds_run", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    const FileDescriptor to(openat(trees.next.descriptor(), probe.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
    const bool shared = from && to && ioctl(to.get(), FICLONE, from.get()) == 0;
    (void)trees.next.remove_file(probe); // else it goes with all the rest
    return shared;
}

Result<void> require_room_for_copy(const InstallationTrees& trees)
{
    if (shares_bytes(trees))
        return {};
    return require_room(trees.next, size_of_files(trees.present), "a copy of the installation");
}

enum class SteamNotes { copied, left_out };

/// Without a mark of its own, half of a copy would look to steamcmd like all of it:
/// it believes what its manifest says.
Result<void> copy_present(const InstallationTrees& trees, SteamNotes notes, Report& report)
{
    report.step("copying the present installation, so that only what is new is fetched");
    return empty(trees.next, {set_aside})
        .and_then([&] { return require_room_for_copy(trees); })
        .and_then([&] { return trees.next.create_file(copying, "", 0644); })
        .and_then([&] { return trees.next.sync(); })
        .and_then([&] { return measure_tree(trees.present); })
        .and_then([&](const TreeSize& all) {
            return copy_tree(trees.present, trees.next, Phase(report, "copying", all.bytes));
        })
        .or_else([&](const Error& error) -> Result<TreeSize> {
            (void)empty(trees.next, {copying, set_aside}); // servers may need the room
            return std::unexpected(error);
        })
        .and_then([&](const TreeSize&) { return check_interruption(); })
        .and_then([&] { return trees.next.remove_file(entry::complete); })
        .and_then([&] {
            return notes == SteamNotes::copied ? Result<void>{} : trees.next.remove_tree(steam_state);
        })
        .and_then([&] { return trees.next.remove_file(copying); })
        .and_then([&] { return trees.next.sync(); });
}

/// Whether steamcmd has left anything in the tree.
Result<bool> has_begun(const Directory& next)
{
    const auto entries = next.entries();
    if (!entries)
        return std::unexpected(entries.error());
    for (const auto& name : *entries) {
        if (name == set_aside)
            continue;
        const auto below = next.subdirectory(name).and_then(
            [](const Directory& directory) { return directory.entries(); });
        if (name != steam_state || !below || !below->empty())
            return true;
    }
    return false;
}

Result<void> move_aside(const Directory& next)
{
    const auto there = next.contains(set_aside);
    if (!there)
        return std::unexpected(there.error());
    if (*there) // by a run before; what was begun since is no better
        return empty(next, {set_aside});
    const auto target = next.make_subdirectory(setting_aside, 0755);
    const auto entries = next.entries();
    if (!target || !entries)
        return std::unexpected(!target ? target.error() : entries.error());
    for (const auto& name : *entries)
        if (name != setting_aside)
            if (auto moved = next.move_to(name, *target); !moved)
                return moved;
    return next.rename(setting_aside, set_aside, RENAME_NOREPLACE).and_then([&] { return next.sync(); });
}

} // namespace

std::uint64_t size_of_files(const Directory& tree)
{
    return measure_tree(tree).value_or(TreeSize()).bytes;
}

Result<void> require_room(const Directory& next, std::uint64_t bytes, std::string_view what)
{
    const auto enough = [&] {
        return free_bytes(next).and_then([&](std::uint64_t free) -> Result<void> {
            if (bytes <= free)
                return {};
            return fail(ExitStatus::io,
                        formatted("no room for {}: it takes {}, and {} are free for {}", what,
                                  human_bytes(bytes), human_bytes(free), quote(next.path())));
        });
    };
    return enough().or_else(
        [&](const Error&) { return drop_set_aside(next).and_then([&] { return enough(); }); });
}

Result<void> drop_set_aside(const Directory& next)
{
    return next.remove_tree(set_aside);
}

Result<void> make_next_anew(const InstallationTrees& trees, bool installed, Report& report)
{
    report.step("making steamcmd's tree anew");
    return trees.next.remove_file(entry::complete)
        .and_then([&] { return move_aside(trees.next); })
        .and_then([&] {
            return installed ? copy_present(trees, SteamNotes::left_out, report) : Result<void>{};
        });
}

Result<void> prepare_next(const InstallationTrees& trees, bool installed, Report& report)
{
    const auto unfinished = trees.next.contains(copying);
    const auto moving = trees.next.contains(setting_aside);
    const auto begun = has_begun(trees.next);
    for (const auto* known : {&unfinished, &moving, &begun})
        if (!*known)
            return std::unexpected(known->error());
    if (*moving)
        return make_next_anew(trees, installed, report);
    // From here on it is not to be published, whatever was left of it.
    if (auto unmarked = trees.next.remove_file(entry::complete); !unmarked)
        return unmarked;
    if (installed && (*unfinished || !*begun))
        return copy_present(trees, SteamNotes::copied, report);
    return *unfinished ? empty(trees.next, {set_aside}) : Result<void>{};
}

} // namespace left4me
