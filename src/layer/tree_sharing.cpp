#include "layer/tree_sharing.hpp"

#include "host/host_lock.hpp"
#include "system/digest.hpp"
#include "system/format.hpp"
#include "system/tree_walk.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

Result<bool> has_holes(const FileDescriptor& file, off_t size)
{
    const auto hole = lseek(file.get(), 0, SEEK_HOLE);
    if (hole < 0)
        return fail_errno("cannot look for holes in a file", errno);
    return hole < size;
}

bool is_program(const struct stat& status, std::string_view beginning)
{
    constexpr mode_t executable = S_IXUSR | S_IXGRP | S_IXOTH;
    return (status.st_mode & executable) != 0 &&
           (beginning.starts_with("\177ELF") || beginning.starts_with("#!"));
}

class Sharing : public TreeVisitor {
public:
    Sharing(const Host& host, const ContentCache& cache, const Phase& phase)
        : host_(host), cache_(cache), phase_(phase)
    {
    }

    Result<void> visit(const TreeEntry& entry) override
    {
        if (!S_ISREG(entry.status.st_mode) ||
            static_cast<std::uint64_t>(entry.status.st_size) < least_shared_size)
            return {};
        return entry.directory.open_file(entry.name).and_then([&](const FileDescriptor& file) {
            return share_file(entry.directory, entry.name, file);
        });
    }

    [[nodiscard]] const SharedFiles& shared() const noexcept { return shared_; }

private:
    /// The sum is made first, which takes long; then nobody may take the file for unused
    /// until a link leads to it.
    Result<void> share_file(const Directory& directory, const std::string& name,
                            const FileDescriptor& file)
    {
        struct stat status = {};
        if (fstat(file.get(), &status) != 0)
            return fail_errno(formatted("cannot look at {}", quote(name)), errno);
        const auto holes = has_holes(file, status.st_size);
        if (!holes || *holes)
            return holes ? Result<void>{} : std::unexpected(holes.error());
        const auto sums = sums_of(file, [&](std::uint64_t done) { phase_.reach(read_.bytes + done); });
        if (!sums)
            return std::unexpected(sums.error());
        ++read_.files;
        read_.bytes += static_cast<std::uint64_t>(status.st_size);
        if (is_program(status, sums->beginning))
            return {};
        const auto lock = InstanceLock::share_contents(host_);
        if (!lock)
            return std::unexpected(lock.error());
        const auto size = static_cast<std::uint64_t>(status.st_size);
        const bool known = cache_.has(sums->sha256, size);
        if (!known) {
            const auto taken = put_into_cache(directory, name, file, sums->sha256);
            if (!taken || !*taken)
                return taken ? Result<void>{} : std::unexpected(taken.error());
        } else if (auto removed = directory.remove_file(name); !removed)
            return removed;
        ++shared_.files;
        shared_.fresh += known ? 0 : 1;
        return directory.make_link(name, cache_.path_of(sums->sha256));
    }

    /// False: it lies on another file system.
    Result<bool> put_into_cache(const Directory& directory, const std::string& name,
                                const FileDescriptor& file, const std::string& sha256)
    {
        constexpr mode_t readable = 0644;
        const auto here = directory.status();
        const auto there = cache_.directory().status();
        if (!here || !there)
            return std::unexpected(!here ? here.error() : there.error());
        if (here->st_dev != there->st_dev)
            return false;
        if (fchmod(file.get(), readable) != 0 || fsync(file.get()) != 0)
            return fail_errno(formatted("cannot write {} to the disk", quote(name)), errno);
        return cache_.take(directory, name, sha256).transform([] { return true; });
    }

    const Host& host_;
    const ContentCache& cache_;
    const Phase& phase_;
    TreeSize read_;
    SharedFiles shared_;
};

} // namespace

Result<SharedFiles> share_large_files(const Host& host, const Directory& tree, const ContentCache& cache,
                                      const Phase& phase)
{
    Sharing sharing(host, cache, phase);
    return walk_tree(tree, sharing).transform([&] { return sharing.shared(); });
}

} // namespace left4me
