#include "steam/installation_copy.hpp"

#include "host/places.hpp"
#include "system/format.hpp"
#include "system/free_space.hpp"
#include "system/interruption.hpp"
#include "system/plain_text.hpp"
#include "system/tree_copy.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

namespace left4me {
namespace {

/// While the copy of the old installation is not whole.
const std::string copying = ".left4me-copying";

Result<void> empty(const Directory& tree, const std::string& but)
{
    const auto entries = tree.entries();
    if (!entries)
        return std::unexpected(entries.error());
    for (const auto& name : *entries)
        if (name != but)
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

/// Without a mark of its own, half of a copy would look to steamcmd like all of it:
/// it believes what its manifest says.
Result<void> copy_present(const InstallationTrees& trees, Report& report)
{
    report.step("copying the present installation, so that only what is new is fetched");
    return empty(trees.next, "")
        .and_then([&] { return require_room_for_copy(trees); })
        .and_then([&] { return trees.next.create_file(copying, "", 0644); })
        .and_then([&] { return trees.next.sync(); })
        .and_then([&] { return measure_tree(trees.present); })
        .and_then([&](const TreeSize& all) {
            return copy_tree(trees.present, trees.next, Phase(report, "copying", all.bytes));
        })
        .or_else([&](const Error& error) -> Result<TreeSize> {
            (void)empty(trees.next, copying); // servers may need the room
            return std::unexpected(error);
        })
        .and_then([&](const TreeSize&) { return check_interruption(); })
        .and_then([&] { return trees.next.remove_file(entry::complete); })
        .and_then([&] { return trees.next.remove_file(copying); })
        .and_then([&] { return trees.next.sync(); });
}

} // namespace

std::uint64_t size_of_files(const Directory& tree)
{
    return measure_tree(tree).value_or(TreeSize()).bytes;
}

Result<void> require_room(const Directory& next, std::uint64_t bytes, std::string_view what)
{
    return free_bytes(next).and_then([&](std::uint64_t free) -> Result<void> {
        if (bytes <= free)
            return {};
        return fail(ExitStatus::io,
                    formatted("no room for {}: it takes {}, and {} are free for {}", what,
                              human_bytes(bytes), human_bytes(free), quote(next.path())));
    });
}

Result<void> prepare_next(const InstallationTrees& trees, bool installed, Report& report)
{
    const auto unfinished = trees.next.contains(copying);
    const auto entries = trees.next.entries();
    if (!unfinished || !entries)
        return std::unexpected(!unfinished ? unfinished.error() : entries.error());
    // From here on it is not to be published, whatever was left of it.
    if (auto unmarked = trees.next.remove_file(entry::complete); !unmarked)
        return unmarked;
    if (installed && (*unfinished || entries->empty()))
        return copy_present(trees, report);
    return *unfinished ? empty(trees.next, "") : Result<void>{};
}

} // namespace left4me
