#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace left4me {

/// An open directory. Everything is reached beneath it, by openat2 with
/// RESOLVE_BENEATH and no symlinks on the way: what user left4me may write can
/// be renamed or replaced by a link at any moment, so no path is used twice.
///
/// Relative paths here are parts joined by '/', as given by the project's own
/// types and constants. Errors name the directory and the path.
class Directory {
public:
    /// An absolute path of the package's own, such as the state directory.
    static Result<Directory> open(const std::string& path);

    /// One that is open already, whoever opened it; path is for messages.
    static Result<Directory> adopt(const FileDescriptor& open, std::string path);

    /// The same one, by another name in messages.
    [[nodiscard]] Directory called(std::string name) &&
    {
        path_ = std::move(name);
        return std::move(*this);
    }

    /// A directory beneath this one.
    [[nodiscard]] Result<Directory> subdirectory(std::string_view path) const;

    /// Makes one directory here if there is none, and opens it. mode is the
    /// mode it is made with, less the umask.
    [[nodiscard]] Result<Directory> make_subdirectory(const std::string& name, mode_t mode) const;

    /// The directory of that path beneath this one ("a/b"; "" is this one), made as far as it
    /// is missing.
    [[nodiscard]] Result<Directory> make_path(std::string_view path, mode_t mode) const;

    /// Whether there is anything of that name here (a dangling link is).
    [[nodiscard]] Result<bool> contains(const std::string& path) const;

    /// A regular file, opened once for reading, never waiting for a FIFO's other end.
    /// bad_data: not a regular file.
    [[nodiscard]] Result<FileDescriptor> open_file(std::string_view path) const;

    /// A regular file of at most limit bytes, opened once, never waiting for a
    /// FIFO's other end. bad_data: not a regular file, or larger.
    [[nodiscard]] Result<std::string> read_file(std::string_view path, std::size_t limit) const;

    /// Writes a new file and syncs it; the name must be free.
    [[nodiscard]] Result<void> create_file(const std::string& name, std::string_view contents,
                                           mode_t mode) const;

    /// Puts a file in the place of what has that name: temporary file, sync,
    /// rename, sync. A crash leaves the old one or the new one.
    [[nodiscard]] Result<void> replace_file(const std::string& name, std::string_view contents,
                                            mode_t mode) const;

    /// Where a symbolic link leads, as it is written.
    [[nodiscard]] Result<std::string> read_link(const std::string& name) const;

    /// Makes a symbolic link. What has that name already stays as it is.
    [[nodiscard]] Result<void> make_link(const std::string& name, const std::string& target) const;

    /// renameat2 within this directory; flags as RENAME_NOREPLACE, RENAME_EXCHANGE.
    [[nodiscard]] Result<void> rename(const std::string& from, const std::string& to,
                                      unsigned flags) const;

    /// renameat2 into another directory of the file system.
    [[nodiscard]] Result<void> rename_to(const std::string& from, const Directory& target,
                                         const std::string& to, unsigned flags) const;

    /// Moves an entry of this directory into another one, under the same name.
    [[nodiscard]] Result<void> move_to(const std::string& name, const Directory& target) const;

    /// Removes one file; nothing there is no error.
    [[nodiscard]] Result<void> remove_file(const std::string& name) const;

    /// Removes name and all below it, never following a link nor leaving the
    /// file system, whatever its depth and while others change it. Nothing
    /// there is no error.
    [[nodiscard]] Result<void> remove_tree(const std::string& name) const;

    /// The same of all that is in this directory, which stays.
    [[nodiscard]] Result<void> remove_contents() const;

    /// Names of all entries but '.' and '..', sorted.
    [[nodiscard]] Result<std::vector<std::string>> entries() const;

    [[nodiscard]] Result<void> sync() const;
    [[nodiscard]] Result<struct stat> status() const;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }

    /// The path that it was opened by, for messages and listings alone.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    Directory(FileDescriptor descriptor, std::string path)
        : descriptor_(std::move(descriptor)), path_(std::move(path))
    {
    }
    [[nodiscard]] Result<FileDescriptor> open_beneath(std::string_view path, int flags) const;
    [[nodiscard]] std::string describe(std::string_view path) const;

    FileDescriptor descriptor_;
    std::string path_;
};

/// The whole of an open regular file of at most limit bytes; name is for the
/// message. bad_data: not a regular file, or larger.
Result<std::string> read_regular(const FileDescriptor& file, std::string_view name, std::size_t limit);

/// The same of anything that can be read: a pipe, a terminal.
Result<std::string> read_stream(const FileDescriptor& file, std::string_view name, std::size_t limit);

/// All of data, whatever write() takes at a time.
Result<void> write_all(const FileDescriptor& file, std::string_view name, std::string_view data);

} // namespace left4me
