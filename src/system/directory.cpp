#include "system/directory.hpp"

#include "system/directory_entries.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/openat2.hpp"
#include "system/prepared_file.hpp"
#include "system/tree_removal.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <fcntl.h>
#include <linux/openat2.h>
#include <ranges>
#include <sys/stat.h>

namespace left4me {

Result<Directory> Directory::open(const std::string& path)
{
    FileDescriptor descriptor(
        open_at2(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, RESOLVE_NO_MAGICLINKS));
    if (!descriptor)
        return fail_errno(formatted("cannot open directory {}", quote(path)), errno);
    return Directory(std::move(descriptor), path);
}

Result<Directory> Directory::adopt(const FileDescriptor& open, std::string path)
{
    FileDescriptor own(fcntl(open.get(), F_DUPFD_CLOEXEC, 0));
    if (!own)
        return fail_errno(formatted("cannot open directory {}", quote(path)), errno);
    return Directory(std::move(own), std::move(path));
}

std::string Directory::describe(std::string_view path) const
{
    return quote(formatted("{}/{}", path_, path));
}

Result<FileDescriptor> Directory::open_beneath(std::string_view path, int flags) const
{
    FileDescriptor opened(open_at2(descriptor_.get(), std::string(path), flags | O_NOFOLLOW,
                                   RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS));
    if (!opened && errno == ELOOP)
        return fail(ExitStatus::bad_data,
                    formatted("cannot open {}: there is a symbolic link on the way", describe(path)));
    if (!opened && errno == ENOTDIR)
        return fail(ExitStatus::bad_data,
                    formatted("cannot open {}: it is a file or a symbolic link, not a directory",
                              describe(path)));
    if (!opened)
        return fail_errno(formatted("cannot open {}", describe(path)), errno);
    return opened;
}

Result<Directory> Directory::subdirectory(std::string_view path) const
{
    return open_beneath(path, O_RDONLY | O_DIRECTORY).transform([&](FileDescriptor descriptor) {
        return Directory(std::move(descriptor), path == "." ? path_ : formatted("{}/{}", path_, path));
    });
}

Result<Directory> Directory::make_subdirectory(const std::string& name, mode_t mode) const
{
    if (mkdirat(descriptor_.get(), name.c_str(), mode) != 0 && errno != EEXIST)
        return fail_errno(formatted("cannot make directory {}", describe(name)), errno);
    return subdirectory(name);
}

Result<Directory> Directory::make_path(std::string_view path, mode_t mode) const
{
    auto directory = subdirectory(".");
    for (const auto part : std::views::split(path, '/'))
        directory = directory.and_then([&](const Directory& above) {
            return above.make_subdirectory(std::string(std::string_view(part)), mode);
        });
    return directory;
}

Result<bool> Directory::contains(const std::string& path) const
{
    struct stat status = {};
    if (fstatat(descriptor_.get(), path.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    if (errno == ENOENT)
        return false;
    return fail_errno(formatted("cannot look at {}", describe(path)), errno);
}

Result<FileDescriptor> Directory::open_file(std::string_view path) const
{
    auto file = open_beneath(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat status = {};
    if (file && (fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode)))
        return fail(ExitStatus::bad_data, formatted("{} is not a regular file", describe(path)));
    return file;
}

Result<std::string> Directory::read_file(std::string_view path, std::size_t limit) const
{
    return open_beneath(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        .and_then([&](const FileDescriptor& file) { return read_regular(file, describe(path), limit); });
}

Result<void> Directory::create_file(const std::string& name, std::string_view contents,
                                    mode_t mode) const
{
    FileDescriptor file(openat(descriptor_.get(), name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file)
        return fail_errno(formatted("cannot create {}", describe(name)), errno);
    if (auto written = write_all(file, describe(name), contents); !written)
        return written;
    if (fsync(file.get()) != 0)
        return fail_errno(formatted("cannot write {}", describe(name)), errno);
    return {};
}

Result<void> Directory::replace_file(const std::string& name, std::string_view contents,
                                     mode_t mode) const
{
    return prepare_file(*this, name, contents, mode).and_then([&] { return put_prepared(*this, name); });
}

Result<void> Directory::rename(const std::string& from, const std::string& to, unsigned flags) const
{
    if (renameat2(descriptor_.get(), from.c_str(), descriptor_.get(), to.c_str(), flags) != 0)
        return fail_errno(formatted("cannot rename {} to {}", describe(from), quote(to)), errno);
    return {};
}

Result<void> Directory::rename_to(const std::string& from, const Directory& target,
                                  const std::string& to, unsigned flags) const
{
    if (renameat2(descriptor_.get(), from.c_str(), target.descriptor_.get(), to.c_str(), flags) != 0)
        return fail_errno(formatted("cannot move {} to {}", describe(from), target.describe(to)), errno);
    return {};
}

Result<void> Directory::move_to(const std::string& name, const Directory& target) const
{
    return rename_to(name, target, name, RENAME_NOREPLACE);
}

Result<std::string> Directory::read_link(const std::string& name) const
{
    std::string target(PATH_MAX, '\0');
    const auto size = readlinkat(descriptor(), name.c_str(), target.data(), target.size());
    if (size < 0)
        return fail_errno(formatted("cannot read the link {}", describe(name)), errno);
    target.resize(static_cast<std::size_t>(size));
    return target;
}

Result<void> Directory::make_link(const std::string& name, const std::string& target) const
{
    if (symlinkat(target.c_str(), descriptor_.get(), name.c_str()) != 0 && errno != EEXIST)
        return fail_errno(formatted("cannot make the link {}", describe(name)), errno);
    return {};
}

Result<void> Directory::remove_file(const std::string& name) const
{
    if (unlinkat(descriptor_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
        return fail_errno(formatted("cannot remove {}", describe(name)), errno);
    return {};
}

Result<void> Directory::remove_tree(const std::string& name) const
{
    if (unlinkat(descriptor_.get(), name.c_str(), 0) == 0 || errno == ENOENT)
        return {};
    if (errno != EISDIR) {
        auto failed = fail_errno(formatted("cannot remove {}", describe(name)), errno);
        // A read-only file system refuses before it looks whether there is anything.
        const auto there = contains(name);
        return there && !*there ? Result<void>{} : failed;
    }
    auto root = open_beneath(name, O_RDONLY | O_DIRECTORY);
    // Its owner may have shut it.
    if (!root && root.error().status == ExitStatus::not_permitted &&
        fchmodat(descriptor_.get(), name.c_str(), S_IRWXU, AT_SYMLINK_NOFOLLOW) == 0)
        root = open_beneath(name, O_RDONLY | O_DIRECTORY);
    if (!root)
        return std::unexpected(root.error());
    const auto path = formatted("{}/{}", path_, name);
    if (auto emptied = empty_tree(*root, path); !emptied)
        return emptied;
    if (unlinkat(descriptor_.get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
        return fail_errno(formatted("cannot remove {}", quote(path)), errno);
    return {};
}

Result<void> Directory::remove_contents() const
{
    return empty_tree(descriptor_, path_);
}

Result<std::vector<std::string>> Directory::entries() const
{
    std::vector<std::string> names;
    auto listed = for_each_entry(descriptor_.get(), path_, [&](const dirent& entry) {
        names.emplace_back(entry.d_name);
        return true;
    });
    if (!listed)
        return std::unexpected(listed.error());
    std::ranges::sort(names);
    return names;
}

Result<void> Directory::sync() const
{
    if (fsync(descriptor_.get()) != 0)
        return fail_errno(formatted("cannot sync {}", quote(path_)), errno);
    return {};
}

Result<struct stat> Directory::status() const
{
    struct stat status = {};
    if (fstat(descriptor_.get(), &status) != 0)
        return fail_errno(formatted("cannot look at {}", quote(path_)), errno);
    return status;
}

Result<std::string> read_regular(const FileDescriptor& file, std::string_view name, std::size_t limit)
{
    struct stat status = {};
    if (fstat(file.get(), &status) != 0)
        return fail_errno(formatted("cannot read {}", name), errno);
    if (!S_ISREG(status.st_mode))
        return fail(ExitStatus::bad_data, formatted("{} is not a regular file", name));
    return read_stream(file, name, limit);
}

Result<std::string> read_stream(const FileDescriptor& file, std::string_view name, std::size_t limit)
{
    // In parts: most files are far smaller than what they may be, and memory that
    // is not used costs time, too.
    constexpr std::size_t part = 16 * 1024;
    std::string contents;
    while (contents.size() <= limit) {
        const auto size = contents.size();
        contents.resize(size + part);
        const auto got = read(file.get(), contents.data() + size, part);
        const int error_number = errno;
        contents.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 && error_number == EINTR) {
            // It may be a terminal or a pipe that gives nothing more.
            if (auto going_on = check_interruption(); !going_on)
                return std::unexpected(going_on.error());
            continue;
        }
        if (got < 0)
            return fail_errno(formatted("cannot read {}", name), error_number);
        if (got == 0)
            return contents;
    }
    return fail(ExitStatus::bad_data, formatted("{} is larger than {} bytes", name, limit));
}

Result<void> write_all(const FileDescriptor& file, std::string_view name, std::string_view data)
{
    while (!data.empty()) {
        const auto put = write(file.get(), data.data(), data.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail_errno(formatted("cannot write {}", name), errno);
        data.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

} // namespace left4me
