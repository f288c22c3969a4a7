#include "system/tree_modes.hpp"

#include "system/format.hpp"
#include "system/tree_walk.hpp"

#include <cerrno>
#include <fcntl.h>

namespace left4me {
namespace {

constexpr mode_t all_bits = 07777;

bool is_guarded(mode_t mode)
{
    return (mode & all_bits) == guarded_mode(mode);
}

Result<void> guard_directory(const Directory& directory, mode_t mode)
{
    if (!is_guarded(mode) && fchmod(directory.descriptor(), guarded_mode(mode)) != 0)
        return fail_errno(formatted("cannot set the mode of {}", quote(directory.path())), errno);
    return {};
}

class Guard : public TreeVisitor {
public:
    Result<void> visit(const TreeEntry& entry) override
    {
        const auto mode = entry.status.st_mode;
        if (!S_ISREG(mode) || is_guarded(mode))
            return {};
        // Not opened: its owner may not be able to read it.
        if (fchmodat(entry.directory.descriptor(), entry.name.c_str(), guarded_mode(mode),
                     AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno(formatted("cannot set the mode of {}", entry.shown()), errno);
        return {};
    }

    Result<void> enter(const TreeEntry& entry, const Directory& below) override
    {
        return guard_directory(below, entry.status.st_mode);
    }
};

} // namespace

mode_t guarded_mode(mode_t mode)
{
    constexpr mode_t of_others = 0755;
    const mode_t of_owner = S_ISDIR(mode) ? S_IRWXU : S_IRUSR | S_IWUSR;
    return (mode & of_others) | of_owner;
}

Result<void> guard_tree(const Directory& tree)
{
    return tree.status().and_then([&](const struct stat& status) {
        return guard_directory(tree, status.st_mode).and_then([&] {
            Guard guard;
            return walk_tree(tree, guard);
        });
    });
}

} // namespace left4me
