#include "system/tree_walk.hpp"

#include "system/format.hpp"
#include "system/interruption.hpp"

#include <cerrno>
#include <fcntl.h>

namespace left4me {
namespace {

Result<void> walk_entries(const Directory& directory, TreeVisitor& visitor, int depth);

Result<void> walk_below(const TreeEntry& entry, TreeVisitor& visitor, int depth)
{
    const auto below = entry.directory.subdirectory(entry.name);
    if (!below)
        return std::unexpected(below.error());
    return visitor.enter(entry, *below)
        .and_then([&] { return walk_entries(*below, visitor, depth + 1); })
        .and_then([&] { return visitor.leave(entry, *below); });
}

Result<void> walk_entry(const Directory& directory, const std::string& name, TreeVisitor& visitor,
                        int depth)
{
    struct stat status = {};
    const TreeEntry entry = {directory, name, status};
    if (fstatat(directory.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return fail_errno(formatted("cannot look at {}", entry.shown()), errno);
    return S_ISDIR(status.st_mode) ? walk_below(entry, visitor, depth) : visitor.visit(entry);
}

Result<void> walk_entries(const Directory& directory, TreeVisitor& visitor, int depth)
{
    if (depth > deepest_tree)
        return fail(ExitStatus::bad_data, formatted("{} has directories more than {} deep",
                                                    quote(directory.path()), deepest_tree));
    const auto names = directory.entries();
    if (!names)
        return std::unexpected(names.error());
    for (const auto& name : *names) {
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
        auto walked = walk_entry(directory, name, visitor, depth).or_else([&](Error error) {
            return error.status == ExitStatus::cancelled
                       ? Result<void>(std::unexpected(std::move(error)))
                       : visitor.failed(std::move(error));
        });
        if (!walked)
            return walked;
    }
    return {};
}

} // namespace

std::string TreeEntry::shown() const
{
    return quote(formatted("{}/{}", directory.path(), name));
}

Result<void> walk_tree(const Directory& tree, TreeVisitor& visitor)
{
    return walk_entries(tree, visitor, 0);
}

} // namespace left4me
