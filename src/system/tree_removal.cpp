#include "system/tree_removal.hpp"

#include "system/directory_entries.hpp"
#include "system/format.hpp"
#include "system/openat2.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

/// Empties directories by moving what is in their subdirectories up into the
/// tree's root, so that a tree of any depth needs two descriptors.
class TreeRemover {
public:
    TreeRemover(const FileDescriptor& root, const std::string& path) : root_(root), path_(path) {}

    Result<void> empty_root()
    {
        // Each round removes the root's files and empty directories and
        // flattens the rest by one level. A writer that never stops adding
        // must not keep us here for ever.
        constexpr int max_rounds = 1'000'000;
        for (int round = 0; round < max_rounds; ++round) {
            bool left = false;
            if (auto done = empty(root_, left); !done)
                return done;
            if (!left)
                return {};
        }
        return fail(ExitStatus::busy,
                    formatted("cannot remove {}: it is being written to", quote(path_)));
    }

private:
    /// One pass over a directory; left tells that something was there.
    Result<void> empty(const FileDescriptor& directory, bool& left)
    {
        std::vector<std::string> names;
        constexpr std::size_t batch = 4096;
        auto listed = for_each_entry(directory.get(), path_, [&](const dirent& entry) {
            names.emplace_back(entry.d_name);
            return names.size() < batch;
        });
        if (!listed)
            return listed;
        left = !names.empty();
        for (const auto& name : names)
            if (auto removed = remove(directory, name); !removed)
                return removed;
        return {};
    }

    Result<void> remove(const FileDescriptor& directory, const std::string& name)
    {
        if (unlinkat(directory.get(), name.c_str(), 0) == 0 || errno == ENOENT)
            return {};
        if (errno != EISDIR)
            return fail_errno(act(name), errno);
        if (unlinkat(directory.get(), name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT)
            return {};
        if (errno == ENOTDIR)
            return {}; // replaced by a file meanwhile: the next pass sees it
        if (errno != ENOTEMPTY && errno != EEXIST)
            return fail_errno(act(name), errno);
        if (directory.get() != root_.get())
            return move_up(directory, name);
        return flatten(name);
    }

    /// Empties root/name; its subdirectories become children of the root.
    Result<void> flatten(const std::string& name)
    {
        auto child = open_child(name);
        if (!child && errno == EACCES && make_ours(root_, name))
            child = open_child(name);
        if (!child)
            return errno == ENOENT || errno == ENOTDIR ? Result<void>{} : fail_errno(act(name), errno);
        // It may be readable alone, and what is in it is to be removed.
        struct stat status = {};
        if (fstat(child.get(), &status) == 0 && (status.st_mode & S_IRWXU) != S_IRWXU)
            (void)fchmod(child.get(), S_IRWXU);
        // One pass a round: a writer that keeps adding files must not keep us in
        // one directory for ever.
        bool left = false;
        return empty(child, left);
    }

    [[nodiscard]] FileDescriptor open_child(const std::string& name) const
    {
        return FileDescriptor(open_at2(root_.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW,
                                       RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV));
    }

    /// Whoever filled it may have shut it.
    static bool make_ours(const FileDescriptor& directory, const std::string& name)
    {
        return fchmodat(directory.get(), name.c_str(), S_IRWXU, AT_SYMLINK_NOFOLLOW) == 0;
    }

    Result<void> move_up(const FileDescriptor& directory, const std::string& name)
    {
        bool shut = false;
        for (;;) {
            const auto unique = formatted(".removed-{}", counter_++);
            if (renameat2(directory.get(), name.c_str(), root_.get(), unique.c_str(),
                          RENAME_NOREPLACE) == 0 ||
                errno == ENOENT)
                return {};
            // A directory is moved by those alone who may write it.
            if (errno != EEXIST && !(errno == EACCES && !shut && (shut = make_ours(directory, name))))
                return fail_errno(act(name), errno);
        }
    }

    [[nodiscard]] std::string act(const std::string& name) const
    {
        return formatted("cannot remove {} of {}", quote(name), quote(path_));
    }

    const FileDescriptor& root_;
    const std::string& path_;
    unsigned long counter_ = 0;
};

} // namespace

Result<void> empty_tree(const FileDescriptor& root, const std::string& path)
{
    return TreeRemover(root, path).empty_root();
}

} // namespace left4me
