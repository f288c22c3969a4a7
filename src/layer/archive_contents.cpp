#include "layer/archive_contents.hpp"

#include "layer/archive_rules.hpp"
#include "layer/file_writer.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/path_parts.hpp"
#include "system/tree_copy.hpp"
#include "system/tree_walk.hpp"

#include <algorithm>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::string_view importing = "importing"; // the phase
constexpr mode_t own_file = 0600;
constexpr mode_t new_directory = 0755;

/// What an entry is, by its header.
struct Header {
    archive_entry* entry;
    std::string path;
    bool directory;
};

/// The rules for one entry after the other.
class Entries {
public:
    /// none for the top itself.
    Result<std::optional<Header>> take(archive_entry* entry)
    {
        const char* name = archive_entry_pathname(entry);
        const std::string_view text = name == nullptr ? "" : name;
        auto path = path_of_entry(text);
        if (!path)
            return std::unexpected(path.error());
        ++count_;
        if (path->empty())
            return std::nullopt;
        const bool directory =
            archive_entry_filetype(entry) == AE_IFDIR || text.ends_with('/') || text.ends_with('\\');
        if (auto taken = take_place(*path, directory); !taken)
            return std::unexpected(taken.error());
        all.push_back(
            {.path = *path, .directory = directory, .link = archive_entry_filetype(entry) == AE_IFLNK});
        return Header{entry, std::move(*path), directory};
    }

    /// Of how many unpacked bytes, and how many packed ones.
    [[nodiscard]] Result<void> check_size(std::uint64_t packed) const
    {
        return check_import_size(count_, bytes_, packed);
    }

    /// More of the last one's content.
    void grow(std::uint64_t bytes)
    {
        all.back().bytes += bytes;
        bytes_ += bytes;
    }

    [[nodiscard]] bool has_file(const std::string& path) const { return files_.contains(path); }
    [[nodiscard]] bool empty() const { return count_ == 0; }

    std::vector<LayoutEntry> all;

private:
    Result<void> take_place(const std::string& path, bool directory)
    {
        for (auto above = directory ? path : part_above(path); !above.empty();
             above = part_above(above)) {
            if (files_.contains(above))
                return above == path ? twice(path)
                                     : fail(ExitStatus::bad_data,
                                            formatted("entry {} lies below {}, which is no directory",
                                                      quote(path), quote(above)));
            if (!directories_.insert(above).second)
                break; // and what is above it
        }
        const bool free = directory || (!directories_.contains(path) && files_.insert(path).second);
        return free ? Result<void>() : twice(path);
    }

    static std::unexpected<Error> twice(std::string_view path)
    {
        return fail(ExitStatus::bad_data, formatted("entry {} is there twice", quote(path)));
    }

    std::set<std::string> files_; ///< and links
    std::set<std::string> directories_;
    std::uint64_t bytes_ = 0;
    std::uint64_t count_ = 0;
};

Result<void> check_kind(const Header& header)
{
    const auto type = archive_entry_filetype(header.entry);
    // What says nothing of its kind is a file.
    if (header.directory || type == AE_IFREG || type == AE_IFLNK || type == 0 ||
        archive_entry_hardlink(header.entry) != nullptr)
        return {};
    return fail(ExitStatus::bad_data,
                formatted("entry {} is no file, directory or link", quote(header.path)));
}

/// Files made in a tree. Those of one directory mostly follow one another, and its way is gone
/// once for them all.
class Places {
public:
    explicit Places(const Directory& tree) : tree_(tree) {}

    /// The directory that a path lies in, made as far as it is missing.
    Result<const Directory*> directory_of(std::string_view path) { return directory(part_above(path)); }

    Result<const Directory*> directory(std::string_view path)
    {
        if (path.empty())
            return &tree_;
        if (!last_ || path != last_path_) {
            if (std::ranges::count(path, '/') >= deepest_tree)
                return fail(ExitStatus::bad_data,
                            formatted("it has directories more than {} deep", deepest_tree));
            auto made = tree_.make_path(path, new_directory);
            if (!made)
                return std::unexpected(made.error());
            last_.emplace(std::move(*made));
            last_path_ = path;
        }
        return &*last_;
    }

    /// A new file of that mode; its name is free.
    Result<FileDescriptor> make_file(const std::string& path, mode_t mode = own_file)
    {
        return directory_of(path).and_then([&](const Directory* in) -> Result<FileDescriptor> {
            const auto name = last_part(path);
            FileDescriptor file(openat(in->descriptor(), name.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
            // With many files each call for one takes its time.
            if (!file || ((mode & mask_) != 0 && fchmod(file.get(), mode) != 0))
                return fail_errno(formatted("cannot create {}", quote(path)), errno);
            return file;
        });
    }

private:
    static mode_t present_umask()
    {
        const auto mask = umask(0);
        umask(mask);
        return mask;
    }

    const Directory& tree_;
    mode_t mask_ = present_umask();
    std::optional<Directory> last_;
    std::string last_path_;
};

/// An archive on its way into a tree.
class Unpacker {
public:
    Unpacker(const Directory& tree, ArchiveReader& reader, std::uint64_t packed_size, Report& report)
        : tree_(tree), places_(tree), reader_(reader), packed_size_(packed_size), report_(report)
    {
    }

    Result<void> make(const Header& header, Entries& entries)
    {
        if (const char* target = archive_entry_hardlink(header.entry); target != nullptr)
            return copy_earlier(target, header, entries);
        if (header.directory)
            return make_directory(header);
        if (archive_entry_filetype(header.entry) == AE_IFLNK)
            return make_link(header);
        return write_file(header, entries);
    }

private:
    Result<void> make_directory(const Header& header)
    {
        const mode_t mode = (archive_entry_mode(header.entry) & ACCESSPERMS) | S_IRWXU;
        return places_.directory(header.path).and_then([&](const Directory* made) -> Result<void> {
            if (fchmod(made->descriptor(), mode) != 0)
                return fail_errno(formatted("cannot set the mode of {}", quote(header.path)), errno);
            return {};
        });
    }

    Result<void> make_link(const Header& header)
    {
        const char* target = archive_entry_symlink(header.entry);
        return places_.directory_of(header.path).and_then([&](const Directory* in) {
            return in->make_link(last_part(header.path), target == nullptr ? "" : target);
        });
    }

    /// A hard link becomes a file of its own: who may write the one could write the other.
    Result<void> copy_earlier(std::string_view name, const Header& header, Entries& entries)
    {
        const auto earlier = path_of_entry(name);
        if (!earlier || !entries.has_file(*earlier) || *earlier == header.path)
            return fail(ExitStatus::bad_data, formatted("entry {} is a hard link to {}, which is no "
                                                        "file before it",
                                                        quote(header.path), quote(name)));
        const auto source = tree_.open_file(*earlier);
        struct stat status = {};
        if (!source || fstat(source->get(), &status) != 0)
            return source ? Result<void>(fail_errno("cannot look at a file", errno))
                          : std::unexpected(source.error());
        entries.grow(static_cast<std::uint64_t>(status.st_size));
        return entries.check_size(reader_.packed())
            .and_then([&] { return places_.make_file(header.path); })
            .and_then([&](const FileDescriptor& file) {
                return copy_file(*source, file, quote(header.path));
            });
    }

    Result<void> write_file(const Header& header, Entries& entries)
    {
        auto* entry = header.entry;
        auto file = places_.make_file(header.path, (archive_entry_mode(entry) & ACCESSPERMS) | own_file);
        if (!file)
            return std::unexpected(file.error());
        writer_.begin(std::move(*file), header.path);
        const auto end = write_data(header, entries);
        if (!end)
            return std::unexpected(end.error());
        const timespec when = {archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)};
        const std::array<timespec, 2> times = {when, when};
        const bool hole = archive_entry_size_is_set(entry) != 0 && archive_entry_size(entry) > *end;
        if ((hole && ftruncate(writer_.descriptor(), archive_entry_size(entry)) != 0) ||
            (archive_entry_mtime_is_set(entry) != 0 &&
             futimens(writer_.descriptor(), times.data()) != 0))
            return fail_errno(formatted("cannot finish {}", quote(header.path)), errno);
        return {};
    }

    /// How long the file has become by it.
    Result<std::int64_t> write_data(const Header& header, Entries& entries)
    {
        while (true) {
            const auto block = reader_.next_block();
            if (!block)
                return fail(block.error().status,
                            formatted("entry {}: {}", quote(header.path), block.error().message));
            if (!*block)
                return writer_.finish();
            const auto& [data, offset] = **block;
            entries.grow(data.size());
            auto done = check_interruption()
                            .and_then([&] { return entries.check_size(reader_.packed()); })
                            .and_then([&] { return writer_.write(data, offset); });
            if (!done)
                return std::unexpected(done.error());
            report_.progress(importing, reader_.packed(), packed_size_);
        }
    }

    const Directory& tree_;
    Places places_;
    ArchiveReader& reader_;
    std::uint64_t packed_size_;
    Report& report_;
    FileWriter writer_;
};

/// Goes through an archive, with what is done with each entry.
template <class Made>
Result<std::vector<LayoutEntry>> read_archive(ArchiveReader& reader, const FileDescriptor& source,
                                              const ArchiveHints& hints, const Made& make)
{
    if (auto opened = reader.open(source, hints); !opened)
        return std::unexpected(opened.error());
    Entries entries;
    while (true) {
        const auto entry = check_interruption().and_then([&] { return reader.next(); });
        if (!entry)
            return std::unexpected(entry.error());
        if (*entry == nullptr)
            break;
        const auto header = entries.take(*entry);
        if (!header)
            return std::unexpected(header.error());
        if (!*header)
            continue;
        auto made = entries.check_size(reader.packed())
                        .and_then([&] { return check_kind(**header); })
                        .and_then([&] { return make(**header, entries); });
        if (!made)
            return std::unexpected(made.error());
    }
    if (entries.empty())
        return fail(ExitStatus::bad_data, "it is empty");
    return std::move(entries.all);
}

} // namespace

Result<std::vector<LayoutEntry>> list_archive(const FileDescriptor& source, const ArchiveHints& hints)
{
    ArchiveReader reader;
    return read_archive(
        reader, source, hints, [](const Header& header, Entries& entries) -> Result<void> {
            entries.grow(
                static_cast<std::uint64_t>(std::max(archive_entry_size(header.entry), std::int64_t{0})));
            return {};
        });
}

Result<std::vector<LayoutEntry>> unpack_archive(const Directory& tree, const FileDescriptor& source,
                                                const ArchiveHints& hints, Report& report)
{
    struct stat status = {};
    if (fstat(source.get(), &status) != 0)
        return fail_errno("cannot look at it", errno);
    ArchiveReader reader;
    Unpacker unpacker(tree, reader, static_cast<std::uint64_t>(status.st_size), report);
    return read_archive(reader, source, hints, [&](const Header& header, Entries& entries) {
        return unpacker.make(header, entries);
    });
}

} // namespace left4me
