#include "system/tree_copy.hpp"

#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/tree_measurement.hpp"
#include "system/whiteout.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace left4me {
namespace {

Result<void> set_times(int descriptor, const struct stat& status, const std::string& name)
{
    const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
    if (futimens(descriptor, times.data()) != 0)
        return fail_errno(formatted("cannot set the times of {}", name), errno);
    return {};
}

/// Within one file of the same length: the data from begin to end.
Result<void> copy_range(const FileDescriptor& from, const FileDescriptor& to, off_t begin, off_t end,
                        const std::string& name)
{
    constexpr off_t part = 16 << 20; // so that Ctrl-C does not wait for a large file
    if (lseek(to.get(), begin, SEEK_SET) < 0)
        return fail_errno(formatted("cannot copy {}", name), errno);
    for (off_t offset = begin; offset < end;) {
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
        const auto size = static_cast<std::size_t>(std::min(part, end - offset));
        auto copied = copy_file_range(from.get(), &offset, to.get(), nullptr, size, 0);
        if (copied < 0 && (errno == EXDEV || errno == EOPNOTSUPP || errno == EINVAL))
            copied = sendfile(to.get(), from.get(), &offset, size); // another kind of file system
        if (copied < 0 && errno != EINTR)
            return fail_errno(formatted("cannot copy {}", name), errno);
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
        return fail_errno(formatted("cannot copy {}", name), errno);
    for (off_t begin = 0; (begin = lseek(from.get(), begin, SEEK_DATA)) >= 0;) {
        const off_t end = lseek(from.get(), begin, SEEK_HOLE);
        if (end < 0)
            return fail_errno(formatted("cannot read {}", name), errno);
        if (auto copied = copy_range(from, to, begin, std::min(end, size), name); !copied)
            return copied;
        if (end >= size)
            return {};
        begin = end;
    }
    if (errno != ENXIO) // no data beyond begin
        return fail_errno(formatted("cannot read {}", name), errno);
    return {};
}

constexpr mode_t own = S_IRUSR | S_IWUSR;

class Copy : public Measurement {
public:
    Copy(const Directory& to, const Phase& phase) : Measurement(phase), to_(to) {}

    Result<void> enter(const TreeEntry& entry, const Directory& /*below*/) override
    {
        // Ours to write until all is in it.
        return to().make_subdirectory(entry.name, S_IRWXU).transform([&](Directory made) {
            below_.push_back(std::move(made));
        });
    }

    Result<void> leave(const TreeEntry& entry, const Directory& /*below*/) override
    {
        const auto made = std::move(below_.back());
        below_.pop_back();
        if (fchmod(made.descriptor(), (entry.status.st_mode & ACCESSPERMS) | S_IRWXU) != 0)
            return fail_errno(formatted("cannot set the mode of {}", quote(made.path())), errno);
        return set_times(made.descriptor(), entry.status, quote(made.path()));
    }

private:
    [[nodiscard]] const Directory& to() const { return below_.empty() ? to_ : below_.back(); }

    Result<void> take(const TreeEntry& entry) override
    {
        return is_whiteout(entry.status)       ? copy_whiteout(entry)
               : S_ISREG(entry.status.st_mode) ? copy_file(entry)
                                               : copy_link(entry);
    }

    Result<void> copy_file(const TreeEntry& entry)
    {
        const auto source = entry.directory.open_file(entry.name);
        if (!source)
            return std::unexpected(source.error());
        if (auto removed = to().remove_file(entry.name); !removed)
            return removed;
        const FileDescriptor target(openat(to().descriptor(), entry.name.c_str(),
                                           O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, own));
        if (!target)
            return fail_errno(
                formatted("cannot create {}", quote(formatted("{}/{}", to().path(), entry.name))),
                errno);
        return left4me::copy_file(*source, target, entry.shown());
    }

    Result<void> copy_link(const TreeEntry& entry)
    {
        return entry.directory.read_link(entry.name).and_then([&](const std::string& target) {
            return to().remove_file(entry.name).and_then([&] {
                return to().make_link(entry.name, target);
            });
        });
    }

    Result<void> copy_whiteout(const TreeEntry& entry)
    {
        return to().remove_file(entry.name).and_then([&] { return make_whiteout(to(), entry.name); });
    }

    const Directory& to_;
    std::vector<Directory> below_; ///< the copies of the directories that the walk is in
};

} // namespace

Result<void> copy_file(const FileDescriptor& from, const FileDescriptor& to, const std::string& name)
{
    struct stat status = {};
    if (fstat(from.get(), &status) != 0)
        return fail_errno(formatted("cannot look at {}", name), errno);
    return copy_data(from, to, status.st_size, name).and_then([&]() -> Result<void> {
        if (fchmod(to.get(), (status.st_mode & ACCESSPERMS) | own) != 0)
            return fail_errno(formatted("cannot set the mode of the copy of {}", name), errno);
        return set_times(to.get(), status, name);
    });
}

Result<TreeSize> copy_tree(const Directory& from, const Directory& to, const Phase& phase)
{
    Copy copy(to, phase);
    return walk_tree(from, copy).transform([&] { return copy.size(); });
}

} // namespace left4me
