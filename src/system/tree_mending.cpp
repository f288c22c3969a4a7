#include "system/tree_mending.hpp"

#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

struct CloseStream {
    void operator()(DIR* stream) const noexcept { closedir(stream); }
};

constexpr mode_t kept_bits = 01777; // no set-uid, no set-gid

/// A directory on the way down, by what it is: paths may be longer than any call takes.
struct Level {
    dev_t device;
    ino_t inode;
    std::vector<std::string> below; ///< directories still to enter
};

class Mender {
public:
    Mender(const std::string& path, const std::function<void(const std::string&)>& remark)
        : path_(path), remark_(remark)
    {
    }

    Result<void> mend()
    {
        FileDescriptor here(AT_FDCWD);
        auto mended = enter(here, path_);
        here.release();
        while (mended && !levels_.empty()) {
            auto& level = levels_.back();
            if (level.below.empty()) {
                mended = leave();
                continue;
            }
            const auto name = std::move(level.below.back());
            level.below.pop_back();
            mended = enter(here_, name);
        }
        return mended;
    }

private:
    /// By a descriptor of the thing itself, so that a link in its place is never
    /// followed; /proc/self/fd is how such a descriptor can be given to chmod.
    Result<void> add_mode(const FileDescriptor& directory, const std::string& name, mode_t bits) const
    {
        const FileDescriptor thing(
            openat(directory.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        struct stat status = {};
        if (!thing || fstat(thing.get(), &status) != 0)
            return fail_errno(act("look at", name), errno);
        if ((!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) || (status.st_mode & bits) == bits)
            return {};
        const auto itself = formatted("/proc/self/fd/{}", thing.get());
        if (chmod(itself.c_str(), (status.st_mode & kept_bits) | bits) != 0)
            return fail_errno(act("make readable", name), errno);
        return {};
    }

    /// Goes down into a directory; one of another file system is left alone.
    Result<void> enter(const FileDescriptor& directory, const std::string& name)
    {
        if (auto opened = add_mode(directory, name, S_IRWXU); !opened)
            return opened;
        FileDescriptor below(
            openat(directory.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        struct stat status = {};
        if (!below || fstat(below.get(), &status) != 0)
            return fail_errno(act("open", name), errno);
        if (!levels_.empty() && status.st_dev != levels_.front().device)
            return {};
        levels_.push_back({status.st_dev, status.st_ino, {}});
        here_ = std::move(below);
        return mend_entries();
    }

    /// Goes up; what was moved away meanwhile has another parent.
    Result<void> leave()
    {
        levels_.pop_back();
        if (levels_.empty())
            return {};
        here_ = FileDescriptor(openat(here_.get(), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        struct stat status = {};
        if (!here_ || fstat(here_.get(), &status) != 0)
            return fail_errno(act("go up in", ".."), errno);
        if (status.st_dev != levels_.back().device || status.st_ino != levels_.back().inode)
            return fail(ExitStatus::busy,
                        formatted("cannot read {}: it is being changed", quote(path_)));
        return {};
    }

    Result<void> mend_entries()
    {
        FileDescriptor own(openat(here_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        const std::unique_ptr<DIR, CloseStream> stream(own ? fdopendir(own.get()) : nullptr);
        if (!stream)
            return fail_errno(act("list", "."), errno);
        own.release();
        while (true) {
            errno = 0;
            const dirent* entry = readdir(stream.get());
            if (entry == nullptr)
                return errno == 0 ? Result<void>{} : fail_errno(act("list", "."), errno);
            const std::string name = entry->d_name;
            if (name == "." || name == "..")
                continue;
            if (auto mended = mend_entry(name); !mended)
                return mended;
        }
    }

    Result<void> mend_entry(const std::string& name)
    {
        struct stat status = {};
        if (fstatat(here_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return errno == ENOENT ? Result<void>{} : fail_errno(act("look at", name), errno);
        switch (status.st_mode & S_IFMT) {
        case S_IFDIR:
            levels_.back().below.push_back(name);
            return {};
        case S_IFREG:
            return (status.st_mode & S_IRUSR) != 0 ? Result<void>{} : add_mode(here_, name, S_IRUSR);
        case S_IFLNK:
            return {};
        default:
            return remove(name, status.st_mode);
        }
    }

    Result<void> remove(const std::string& name, mode_t mode)
    {
        if (unlinkat(here_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
            return fail_errno(act("remove", name), errno);
        const auto* kind = S_ISFIFO(mode) ? "FIFO" : S_ISSOCK(mode) ? "socket" : "device";
        remark_(
            formatted("removed the {} {}: a layer has files, directories and links", kind, quote(name)));
        return {};
    }

    [[nodiscard]] std::string act(std::string_view what, const std::string& name) const
    {
        return formatted("cannot {} {} of {}", what, quote(name), quote(path_));
    }

    const std::string& path_;
    const std::function<void(const std::string&)>& remark_;
    FileDescriptor here_;
    std::vector<Level> levels_;
};

} // namespace

Result<void> mend_tree(const std::string& path, const std::function<void(const std::string&)>& remark)
{
    return Mender(path, remark).mend();
}

} // namespace left4me
