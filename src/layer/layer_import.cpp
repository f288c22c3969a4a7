#include "layer/layer_import.hpp"

#include "layer/archive_rules.hpp"
#include "model/valve_package.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <clocale>
#include <fcntl.h>
#include <memory>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::string_view importing = "importing"; // the phase
constexpr mode_t permissions = 0777;
constexpr mode_t own_file = 0600;
constexpr mode_t own_directory = 0700;
constexpr mode_t new_directory = 0755;

/// libarchive takes names of archives that say nothing of their characters for those of
/// the locale. Until the end of its life it is UTF-8, for this thread.
class Utf8Locale {
public:
    Utf8Locale() : made_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(uselocale(made_)) {}
    ~Utf8Locale()
    {
        uselocale(before_);
        if (made_ != nullptr)
            freelocale(made_);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

private:
    locale_t made_;
    locale_t before_;
};

struct FreeArchive {
    void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};
using ArchiveReader = std::unique_ptr<archive, FreeArchive>;

/// The directory that path lies in, made as far as it is missing, and its last part.
struct Place {
    Directory directory;
    std::string name;
};

Result<Place> make_place(const Directory& tree, std::string_view path)
{
    auto directory = tree.subdirectory(".");
    int depth = 0;
    for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
        if (++depth > deepest_tree)
            return fail(ExitStatus::bad_data,
                        formatted("it has directories more than {} deep", deepest_tree));
        directory = directory.and_then([&](const Directory& above) {
            return above.make_subdirectory(std::string(path.substr(0, slash)), new_directory);
        });
        path.remove_prefix(slash + 1);
    }
    if (!directory)
        return std::unexpected(directory.error());
    return Place{std::move(*directory), std::string(path)};
}

/// A new file there; what had its name is gone.
Result<FileDescriptor> make_file(const Place& place)
{
    if (auto removed = place.directory.remove_file(place.name); !removed)
        return std::unexpected(removed.error());
    FileDescriptor file(openat(place.directory.descriptor(), place.name.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, own_file));
    if (!file)
        return fail_errno(formatted("cannot create {}", quote(place.name)), errno);
    return file;
}

/// An archive on its way into a tree.
class Unpacker {
public:
    Unpacker(const Directory& tree, Report& report)
        : tree_(tree), report_(report), reader_(archive_read_new())
    {
    }

    Result<TreeSize> unpack(const FileDescriptor& source)
    {
        if (auto opened = open(source); !opened)
            return std::unexpected(opened.error());
        struct stat status = {};
        if (fstat(source.get(), &status) == 0)
            packed_size_ = static_cast<std::uint64_t>(status.st_size);
        archive_entry* entry = nullptr;
        while (true) {
            const int outcome = archive_read_next_header(reader_.get(), &entry);
            if (outcome == ARCHIVE_EOF)
                break;
            if (outcome < ARCHIVE_WARN)
                return fail(ExitStatus::bad_data, reason());
            if (auto taken = check_interruption().and_then([&] { return take(entry); }); !taken)
                return std::unexpected(taken.error());
        }
        if (entries_ == 0)
            return fail(ExitStatus::bad_data, "it is empty");
        return size_;
    }

private:
    Result<void> open(const FileDescriptor& source)
    {
        auto* reader = reader_.get();
        if (reader == nullptr)
            return fail(ExitStatus::internal, "libarchive cannot be used");
        archive_read_support_filter_gzip(reader);
        archive_read_support_filter_bzip2(reader);
        archive_read_support_filter_xz(reader);
        archive_read_support_filter_lzma(reader);
        archive_read_support_filter_zstd(reader);
        archive_read_support_format_tar(reader);
        archive_read_support_format_zip(reader);
        archive_read_support_format_7zip(reader);
        constexpr std::size_t part = 64 * 1024;
        if (archive_read_open_fd(reader, source.get(), part) != ARCHIVE_OK)
            return fail(ExitStatus::bad_data, reason());
        return {};
    }

    [[nodiscard]] std::string reason() const
    {
        const char* said = archive_error_string(reader_.get());
        return escaped(said == nullptr ? "it is damaged" : said);
    }

    /// How much of the archive has been read.
    [[nodiscard]] std::uint64_t packed() const
    {
        return static_cast<std::uint64_t>(std::max(archive_filter_bytes(reader_.get(), -1), 0L));
    }

    [[nodiscard]] Result<void> check_size() const
    {
        return check_import_size(entries_, size_.bytes, packed());
    }

    Result<void> take(archive_entry* entry)
    {
        ++entries_;
        const char* name = archive_entry_pathname(entry);
        auto path = check_size().and_then([&] { return path_of_entry(name == nullptr ? "" : name); });
        if (!path)
            return std::unexpected(path.error());
        if (archive_entry_is_encrypted(entry) != 0)
            return fail(ExitStatus::bad_data, "it is encrypted: unpack it, and import the directory");
        if (path->empty())
            return {}; // the top itself
        if (archive_entry_filetype(entry) != AE_IFDIR && !names_.insert(*path).second)
            return fail(ExitStatus::bad_data, formatted("entry {} is there twice", quote(*path)));
        const auto place = make_place(tree_, *path);
        if (!place)
            return std::unexpected(place.error());
        return make(entry, *place, *path);
    }

    Result<void> make(archive_entry* entry, const Place& place, const std::string& path)
    {
        if (const char* target = archive_entry_hardlink(entry); target != nullptr)
            return copy_earlier(target, place, path);
        switch (archive_entry_filetype(entry)) {
        case AE_IFDIR:
            return make_directory(entry, place);
        case AE_IFREG:
            return write_file(entry, place, path);
        case AE_IFLNK:
            return make_link(entry, place, path);
        default:
            return fail(ExitStatus::bad_data,
                        formatted("entry {} is no file, directory or link", quote(path)));
        }
    }

    static Result<void> make_directory(archive_entry* entry, const Place& place)
    {
        const mode_t mode = (archive_entry_mode(entry) & permissions) | own_directory;
        return place.directory.make_subdirectory(place.name, new_directory)
            .and_then([&](const Directory& made) -> Result<void> {
                if (fchmod(made.descriptor(), mode) != 0)
                    return fail_errno(formatted("cannot set the mode of {}", quote(place.name)), errno);
                return {};
            });
    }

    Result<void> make_link(archive_entry* entry, const Place& place, const std::string& path)
    {
        const char* target = archive_entry_symlink(entry);
        const std::string text = target == nullptr ? "" : target;
        ++size_.files;
        return check_link_of_entry(path, text)
            .and_then([&] { return place.directory.remove_file(place.name); })
            .and_then([&] { return place.directory.make_link(place.name, text); });
    }

    /// A hard link becomes a file of its own: who may write the one could write the other.
    Result<void> copy_earlier(std::string_view name, const Place& place, const std::string& path)
    {
        const auto earlier = path_of_entry(name);
        if (!earlier || !names_.contains(*earlier) || *earlier == path)
            return fail(ExitStatus::bad_data, formatted("entry {} is a hard link to {}, which is no "
                                                        "file before it",
                                                        quote(path), quote(name)));
        const auto source = tree_.open_file(*earlier);
        if (!source)
            return std::unexpected(source.error());
        return make_file(place).and_then([&](const FileDescriptor& file) {
            return copy_file(*source, file, quote(path)).and_then([&] { return count(*source); });
        });
    }

    Result<void> count(const FileDescriptor& file)
    {
        struct stat status = {};
        if (fstat(file.get(), &status) != 0)
            return fail_errno("cannot look at a file", errno);
        ++size_.files;
        size_.bytes += static_cast<std::uint64_t>(status.st_size);
        return check_size();
    }

    Result<void> write_file(archive_entry* entry, const Place& place, const std::string& path)
    {
        const auto file = make_file(place);
        if (!file)
            return std::unexpected(file.error());
        ++size_.files;
        if (auto written = write_data(*file, path); !written)
            return written;
        const std::array<timespec, 2> times = {
            timespec{archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)},
            timespec{archive_entry_mtime(entry), archive_entry_mtime_nsec(entry)}};
        const mode_t mode = (archive_entry_mode(entry) & permissions) | own_file;
        const bool sized = archive_entry_size_is_set(entry) != 0;
        if ((sized && ftruncate(file->get(), archive_entry_size(entry)) != 0) || // a hole at its end
            fchmod(file->get(), mode) != 0 ||
            (archive_entry_mtime_is_set(entry) != 0 && futimens(file->get(), times.data()) != 0))
            return fail_errno(formatted("cannot finish {}", quote(path)), errno);
        return {};
    }

    Result<void> write_data(const FileDescriptor& file, const std::string& path)
    {
        const void* data = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        while (true) {
            const int outcome = archive_read_data_block(reader_.get(), &data, &size, &offset);
            if (outcome == ARCHIVE_EOF)
                return {};
            if (outcome < ARCHIVE_WARN)
                return fail(ExitStatus::bad_data, formatted("entry {}: {}", quote(path), reason()));
            size_.bytes += size;
            auto done = check_interruption().and_then([&] { return check_size(); }).and_then([&] {
                return write_at(file, data, size, offset, path);
            });
            if (!done)
                return done;
            report_.progress(importing, packed(), packed_size_);
        }
    }

    static Result<void> write_at(const FileDescriptor& file, const void* data, std::size_t size,
                                 la_int64_t offset, const std::string& path)
    {
        if (lseek(file.get(), offset, SEEK_SET) < 0)
            return fail_errno(formatted("cannot write {}", quote(path)), errno);
        return write_all(file, quote(path), {static_cast<const char*>(data), size});
    }

    const Directory& tree_;
    Report& report_;
    ArchiveReader reader_;
    std::uint64_t packed_size_ = 0;
    std::set<std::string> names_; ///< of all but directories
    std::uint64_t entries_ = 0;
    TreeSize size_;
};

bool begins_as_package(const FileDescriptor& source)
{
    std::array<char, package_header_size> header = {};
    const auto size = pread(source.get(), header.data(), header.size(), 0);
    return size > 0 && is_package({header.data(), static_cast<std::size_t>(size)});
}

Result<TreeSize> add_addon(const Directory& tree, const FileDescriptor& source,
                           std::string_view source_name)
{
    const auto file_name = source_name.substr(source_name.rfind('/') + 1);
    const auto name = path_of_entry(file_name);
    if (!name)
        return std::unexpected(name.error());
    if (!name->ends_with(".vpk"))
        return fail(ExitStatus::bad_data, "it is an addon, and its name does not end with .vpk");
    struct stat status = {};
    if (fstat(source.get(), &status) != 0)
        return fail_errno("cannot look at it", errno);
    return make_place(tree, "left4dead2/addons/" + *name)
        .and_then(make_file)
        .and_then([&](const FileDescriptor& file) { return copy_file(source, file, quote(*name)); })
        .transform([&] { return TreeSize{1, static_cast<std::uint64_t>(status.st_size)}; });
}

Result<TreeSize> add_directory(const Directory& tree, const Directory& source, Report& report)
{
    return measure_tree(source).and_then([&](const TreeSize& whole) {
        return copy_tree(source, tree, Phase(report, importing, whole.bytes));
    });
}

Result<TreeSize> import_any(const Directory& tree, const FileDescriptor& source,
                            std::string_view source_name, Report& report)
{
    struct stat status = {};
    if (fstat(source.get(), &status) != 0)
        return fail_errno("cannot look at it", errno);
    if (S_ISDIR(status.st_mode))
        return Directory::adopt(source, std::string(source_name)).and_then([&](const Directory& from) {
            return add_directory(tree, from, report);
        });
    if (!S_ISREG(status.st_mode))
        return fail(ExitStatus::bad_data, "it is no file and no directory");
    if (begins_as_package(source))
        return add_addon(tree, source, source_name);
    const Utf8Locale utf8;
    return Unpacker(tree, report).unpack(source);
}

} // namespace

Result<TreeSize> import_into(const Directory& tree, const FileDescriptor& source,
                             std::string_view source_name, Report& report)
{
    return import_any(tree, source, source_name, report).transform_error([&](Error error) {
        if (error.status != ExitStatus::cancelled)
            error.message = formatted("cannot import {}: {}", quote(source_name), error.message);
        return error;
    });
}

} // namespace left4me
