#include "system/tree_copy.hpp"

#include "system/interruption.hpp"
#include "system/whiteout.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <format>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr mode_t permissions = 0777;

std::string name_in(const Directory& directory, const std::string& name)
{
    return quote(std::format("{}/{}", directory.path(), name));
}

Result<void> set_times(int descriptor, const struct stat& status, const std::string& name)
{
    const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
    if (futimens(descriptor, times.data()) != 0)
        return fail_errno(std::format("cannot set the times of {}", name), errno);
    return {};
}

/// Within one file of the same length: the data from begin to end.
Result<void> copy_range(const FileDescriptor& from, const FileDescriptor& to, off_t begin, off_t end,
                        const std::string& name)
{
    constexpr off_t part = 16 << 20; // so that Ctrl-C does not wait for a large file
    if (lseek(to.get(), begin, SEEK_SET) < 0)
        return fail_errno(std::format("cannot copy {}", name), errno);
    for (off_t offset = begin; offset < end;) {
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
        const auto size = static_cast<std::size_t>(std::min(part, end - offset));
        auto copied = copy_file_range(from.get(), &offset, to.get(), nullptr, size, 0);
        if (copied < 0 && (errno == EXDEV || errno == EOPNOTSUPP || errno == EINVAL))
            copied = sendfile(to.get(), from.get(), &offset, size); // another kind of file system
        if (copied < 0 && errno != EINTR)
            return fail_errno(std::format("cannot copy {}", name), errno);
        if (copied == 0)
            return {}; // it has become shorter meanwhile
    }
    return {};
}

Result<void> copy_data(const FileDescriptor& from, const FileDescriptor& to, off_t size,
                       const std::string& name)
{
    if (ioctl(to.get(), FICLONE, from.get()) == 0)
        return {};
    if (ftruncate(to.get(), size) != 0)
        return fail_errno(std::format("cannot copy {}", name), errno);
    for (off_t begin = 0; (begin = lseek(from.get(), begin, SEEK_DATA)) >= 0;) {
        const off_t end = lseek(from.get(), begin, SEEK_HOLE);
        if (end < 0)
            return fail_errno(std::format("cannot read {}", name), errno);
        if (auto copied = copy_range(from, to, begin, std::min(end, size), name); !copied)
            return copied;
        if (end >= size)
            return {};
        begin = end;
    }
    if (errno != ENXIO) // no data beyond begin
        return fail_errno(std::format("cannot read {}", name), errno);
    return {};
}

constexpr mode_t own = S_IRUSR | S_IWUSR;

/// Walks a tree, and copies it if there is somewhere to copy it to.
class TreeWalk {
public:
    explicit TreeWalk(const Phase& phase) : phase_(phase) {}

    Result<void> copy_entries(const Directory& from, const Directory* to, int depth)
    {
        if (depth > deepest_tree)
            return fail(ExitStatus::bad_data, std::format("{} has directories more than {} deep",
                                                          quote(from.path()), deepest_tree));
        const auto names = from.entries();
        if (!names)
            return std::unexpected(names.error());
        for (const auto& name : *names) {
            auto done = check_interruption().and_then([&] { return copy_entry(from, to, name, depth); });
            if (!done)
                return done;
        }
        return {};
    }

    [[nodiscard]] const TreeSize& size() const noexcept { return size_; }

private:
    Result<void> copy_entry(const Directory& from, const Directory* to, const std::string& name,
                            int depth)
    {
        struct stat status = {};
        if (fstatat(from.descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return fail_errno(std::format("cannot look at {}", name_in(from, name)), errno);
        if (S_ISDIR(status.st_mode))
            return copy_directory(from, to, name, depth);
        if (is_whiteout(status))
            return to == nullptr
                       ? Result<void>{}
                       : to->remove_file(name).and_then([&] { return make_whiteout(*to, name); });
        if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode))
            return fail(ExitStatus::bad_data,
                        std::format("{} is no file, directory or link: layers have nothing else",
                                    name_in(from, name)));
        auto done = to == nullptr             ? Result<void>{}
                    : S_ISREG(status.st_mode) ? copy_file(from, *to, name)
                                              : copy_link(from, *to, name);
        if (!done)
            return done;
        ++size_.files;
        size_.bytes += S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
        phase_.reach(size_.bytes);
        return {};
    }

    Result<void> copy_directory(const Directory& from, const Directory* to, const std::string& name,
                                int depth)
    {
        const auto source = from.subdirectory(name);
        if (!source)
            return std::unexpected(source.error());
        if (to == nullptr)
            return copy_entries(*source, nullptr, depth + 1);
        const auto status = source->status();
        // Ours to write until all is in it.
        const auto target = to->make_subdirectory(name, S_IRWXU);
        if (!status || !target)
            return std::unexpected(!status ? status.error() : target.error());
        return copy_entries(*source, &*target, depth + 1).and_then([&]() -> Result<void> {
            if (fchmod(target->descriptor(), (status->st_mode & permissions) | S_IRWXU) != 0)
                return fail_errno(std::format("cannot set the mode of {}", name_in(*to, name)), errno);
            return set_times(target->descriptor(), *status, name_in(*to, name));
        });
    }

    static Result<void> copy_file(const Directory& from, const Directory& to, const std::string& name)
    {
        const auto shown = name_in(from, name);
        const auto source = from.open_file(name);
        if (!source)
            return std::unexpected(source.error());
        if (auto removed = to.remove_file(name); !removed)
            return removed;
        const FileDescriptor target(openat(to.descriptor(), name.c_str(),
                                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, own));
        if (!target)
            return fail_errno(std::format("cannot create {}", name_in(to, name)), errno);
        return left4me::copy_file(*source, target, shown);
    }

    static Result<void> copy_link(const Directory& from, const Directory& to, const std::string& name)
    {
        return from.read_link(name).and_then([&](const std::string& target) {
            return to.remove_file(name).and_then([&] { return to.make_link(name, target); });
        });
    }

    const Phase& phase_;
    TreeSize size_;
};

Result<TreeSize> walk(const Directory& from, const Directory* to, const Phase& phase)
{
    TreeWalk walk(phase);
    return walk.copy_entries(from, to, 0).transform([&] { return walk.size(); });
}

} // namespace

Result<void> copy_file(const FileDescriptor& from, const FileDescriptor& to, const std::string& name)
{
    struct stat status = {};
    if (fstat(from.get(), &status) != 0)
        return fail_errno(std::format("cannot look at {}", name), errno);
    return copy_data(from, to, status.st_size, name).and_then([&]() -> Result<void> {
        if (fchmod(to.get(), (status.st_mode & permissions) | own) != 0)
            return fail_errno(std::format("cannot set the mode of the copy of {}", name), errno);
        return set_times(to.get(), status, name);
    });
}

Result<TreeSize> copy_tree(const Directory& from, const Directory& to, const Phase& phase)
{
    return walk(from, &to, phase);
}

Result<TreeSize> measure_tree(const Directory& tree)
{
    return walk(tree, nullptr, {});
}

} // namespace left4me
