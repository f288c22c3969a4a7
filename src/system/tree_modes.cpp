#include "system/tree_modes.hpp"

#include "system/format.hpp"
#include "system/tree_measurement.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace left4me {
namespace {

bool is_guarded(mode_t mode)
{
    return (mode & ALLPERMS) == guarded_mode(mode);
}

Result<void> guard_directory(const Directory& directory, mode_t mode)
{
    if (!is_guarded(mode) && fchmod(directory.descriptor(), guarded_mode(mode)) != 0)
        return fail_errno(formatted("cannot set the mode of {}", quote(directory.path())), errno);
    return {};
}

/// Counts on the way: with many files each walk takes its time.
class Guard : public Measurement {
public:
    using Measurement::Measurement;

    Result<void> enter(const TreeEntry& entry, const Directory& below) override
    {
        return guard_directory(below, entry.status.st_mode);
    }

private:
    Result<void> take(const TreeEntry& entry) override
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
};

} // namespace

mode_t guarded_mode(mode_t mode)
{
    constexpr mode_t of_others = 0755;
    const mode_t of_owner = S_ISDIR(mode) ? S_IRWXU : S_IRUSR | S_IWUSR;
    return (mode & of_others) | of_owner;
}

Result<TreeSize> guard_tree(const Directory& tree)
{
    const Phase nobody;
    Guard guard(nobody);
    return tree.status()
        .and_then([&](const struct stat& status) { return guard_directory(tree, status.st_mode); })
        .and_then([&] { return walk_tree(tree, guard); })
        .transform([&] { return guard.size(); });
}

} // namespace left4me
