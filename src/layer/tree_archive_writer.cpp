#include "layer/tree_archive.hpp"

#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/tree_walk.hpp"
#include "system/whiteout.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

struct FreeWriter {
    void operator()(archive* writer) const noexcept { archive_write_free(writer); }
};
struct FreeEntry {
    void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

constexpr const char* opaque_attribute = "trusted.overlay.opaque";
constexpr std::string_view opaque_value = "y";
constexpr std::size_t part_size = 256 * 1024;

/// Where a file has data; all of it if it has no holes.
struct Extent {
    off_t begin;
    off_t end;
};

Result<std::vector<Extent>> extents_of(const FileDescriptor& file, off_t size, const std::string& shown)
{
    std::vector<Extent> found;
    for (off_t at = 0; at < size;) {
        const auto data = lseek(file.get(), at, SEEK_DATA);
        if (data < 0 && errno == ENXIO)
            break; // a hole to its end
        const auto hole = data < 0 ? data : lseek(file.get(), data, SEEK_HOLE);
        if (data < 0 || hole < 0)
            return fail_errno(formatted("cannot read {}", shown), errno);
        if (data >= size)
            break;
        found.push_back({data, std::min(hole, size)});
        at = hole;
    }
    return found;
}

class Archiving : public TreeVisitor {
public:
    Archiving(const ArchiveSink& sink, const ArchiveStyle& style, const Phase& phase)
        : sink_(sink), style_(style), phase_(phase), writer_(archive_write_new()), part_(part_size)
    {
    }

    Result<void> open()
    {
        auto* writer = writer_.get();
        if (writer == nullptr || archive_write_set_format_pax_restricted(writer) != ARCHIVE_OK ||
            archive_write_set_options(writer, "hdrcharset=BINARY") != ARCHIVE_OK ||
            archive_write_set_bytes_in_last_block(writer, 1) != ARCHIVE_OK ||
            archive_write_open2(writer, this, nullptr, put, nullptr, nullptr) != ARCHIVE_OK)
            return fail(ExitStatus::internal, "libarchive cannot be used");
        return {};
    }

    Result<ArchivedTree> close()
    {
        if (archive_write_close(writer_.get()) != ARCHIVE_OK)
            return std::unexpected(reason());
        return std::move(archived_);
    }

    Result<void> enter(const TreeEntry& entry, const Directory& below) override
    {
        const auto path = path_of(entry);
        way_.push_back({below.path(), path});
        const auto made = new_entry(entry.status, path + "/", AE_IFDIR);
        archive_entry_set_perm(made.get(), mode_of(entry.status.st_mode, S_IRWXU));
        if (style_.is_opaque && style_.is_opaque(path))
            archive_entry_xattr_add_entry(made.get(), opaque_attribute, opaque_value.data(),
                                          opaque_value.size());
        return write_header(made);
    }

    Result<void> visit(const TreeEntry& entry) override
    {
        const auto path = path_of(entry);
        if (S_ISREG(entry.status.st_mode))
            return entry.directory.open_file(entry.name).and_then([&](const FileDescriptor& file) {
                return write_file(file, path, entry.shown());
            });
        if (S_ISLNK(entry.status.st_mode))
            return write_link(entry, path);
        if (is_whiteout(entry.status)) {
            const auto made = new_entry(entry.status, path, AE_IFCHR);
            archive_entry_set_rdev(made.get(), 0);
            archive_entry_set_perm(made.get(), 0);
            return write_header(made);
        }
        return fail(ExitStatus::bad_data, formatted("{} is no file, directory or link", entry.shown()));
    }

    Result<void> failed(Error error) override
    {
        // What the archive itself lacks is not to be left out.
        if (!style_.lenient || broken_)
            return std::unexpected(std::move(error));
        constexpr std::size_t most_told = 20;
        if (++archived_.left_out_count <= most_told)
            archived_.left_out.push_back(std::move(error.message));
        return {};
    }

private:
    struct Way {
        std::string shown;
        std::string path;
    };

    static la_ssize_t put(archive* /*writer*/, void* self, const void* data, std::size_t size)
    {
        auto& archiving = *static_cast<Archiving*>(self);
        auto done = archiving.sink_({static_cast<const char*>(data), size});
        if (done)
            return static_cast<la_ssize_t>(size);
        archiving.sink_error_ = std::move(done.error());
        return -1;
    }

    /// Directories that could not be read to their end were not left.
    std::string path_of(const TreeEntry& entry)
    {
        while (!way_.empty() && way_.back().shown != entry.directory.path())
            way_.pop_back();
        return way_.empty() ? entry.name : formatted("{}/{}", way_.back().path, entry.name);
    }

    [[nodiscard]] Entry new_entry(const struct stat& status, const std::string& path,
                                  unsigned type) const
    {
        Entry entry(archive_entry_new());
        archive_entry_set_pathname(entry.get(), path.c_str());
        archive_entry_set_filetype(entry.get(), type);
        archive_entry_set_mtime(entry.get(), style_.own_times_and_modes ? status.st_mtim.tv_sec : 0, 0);
        archive_entry_set_size(entry.get(), 0);
        return entry;
    }

    /// With what its owner needs.
    [[nodiscard]] mode_t mode_of(mode_t mode, mode_t needed) const
    {
        constexpr mode_t of_program = 0755;
        constexpr mode_t of_file = 0644;
        if (style_.own_times_and_modes)
            return (mode & ACCESSPERMS) | needed;
        return S_ISDIR(mode) || (mode & S_IXUSR) != 0 ? of_program : of_file;
    }

    Result<void> write_header(const Entry& entry)
    {
        if (archive_write_header(writer_.get(), entry.get()) < ARCHIVE_WARN)
            return std::unexpected(reason());
        return {};
    }

    Error reason()
    {
        broken_ = true;
        if (sink_error_)
            return *sink_error_;
        const char* said = archive_error_string(writer_.get());
        return {ExitStatus::io,
                formatted("cannot write the archive: {}",
                          escaped(said == nullptr ? "libarchive does not say why" : said))};
    }

    Result<void> write_link(const TreeEntry& entry, const std::string& path)
    {
        const auto target = entry.directory.read_link(entry.name);
        if (!target)
            return std::unexpected(target.error());
        if (style_.file_of_link) {
            const auto file = style_.file_of_link(*target);
            if (!file)
                return std::unexpected(file.error());
            if (*file)
                return write_file(**file, path, entry.shown());
        }
        const auto made = new_entry(entry.status, path, AE_IFLNK);
        archive_entry_set_symlink(made.get(), target->c_str());
        archive_entry_set_perm(made.get(), ACCESSPERMS);
        ++archived_.size.files;
        return write_header(made);
    }

    Result<void> write_file(const FileDescriptor& file, const std::string& path,
                            const std::string& shown)
    {
        struct stat status = {};
        if (fstat(file.get(), &status) != 0)
            return fail_errno(formatted("cannot look at {}", shown), errno);
        const auto extents = extents_of(file, status.st_size, shown);
        if (!extents)
            return std::unexpected(extents.error());
        const auto made = new_entry(status, path, AE_IFREG);
        archive_entry_set_size(made.get(), status.st_size);
        archive_entry_set_perm(made.get(), mode_of(status.st_mode, S_IRUSR | S_IWUSR));
        const bool holes = extents->size() != 1 || extents->front().begin != 0 ||
                           extents->front().end != status.st_size;
        if (holes && status.st_size > 0) {
            for (const auto& extent : *extents)
                archive_entry_sparse_add_entry(made.get(), extent.begin, extent.end - extent.begin);
            if (extents->empty()) // or libarchive knows of no hole
                archive_entry_sparse_add_entry(made.get(), status.st_size, 0);
        }
        if (auto written = write_header(made); !written)
            return written;
        ++archived_.size.files;
        off_t at = 0;
        for (const auto& extent : *extents) {
            auto done = write_zeros(extent.begin - at).and_then([&] {
                return write_extent(file, extent, shown);
            });
            if (!done)
                return done;
            at = extent.end;
        }
        return write_zeros(status.st_size - at);
    }

    Result<void> write_data(std::string_view data)
    {
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
        while (!data.empty()) {
            const auto put = archive_write_data(writer_.get(), data.data(), data.size());
            if (put <= 0)
                return std::unexpected(reason());
            data.remove_prefix(static_cast<std::size_t>(put));
        }
        return {};
    }

    /// In place of a hole, which libarchive passes over.
    Result<void> write_zeros(off_t size)
    {
        static const std::string zeros(16U << 20U, '\0');
        for (; size > 0; size -= static_cast<off_t>(zeros.size()))
            if (auto done = write_data(std::string_view(zeros).substr(
                    0,
                    static_cast<std::size_t>(std::min<off_t>(size, static_cast<off_t>(zeros.size())))));
                !done)
                return done;
        return {};
    }

    Result<void> write_extent(const FileDescriptor& file, const Extent& extent, const std::string& shown)
    {
        for (off_t at = extent.begin; at < extent.end;) {
            const auto size = std::min<off_t>(extent.end - at, static_cast<off_t>(part_.size()));
            const auto got = pread(file.get(), part_.data(), static_cast<std::size_t>(size), at);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return lose_file(formatted("cannot read {}", shown), errno);
            if (got == 0)
                return write_zeros(extent.end - at); // it has become shorter
            if (auto done = write_data({part_.data(), static_cast<std::size_t>(got)}); !done)
                return done;
            at += got;
            archived_.size.bytes += static_cast<std::uint64_t>(got);
            phase_.reach(archived_.size.bytes);
        }
        return {};
    }

    /// Its header is written: the archive cannot go on without its content.
    std::unexpected<Error> lose_file(const std::string& act, int error_number)
    {
        broken_ = true;
        return fail_errno(act, error_number);
    }

    const ArchiveSink& sink_;
    const ArchiveStyle& style_;
    const Phase& phase_;
    std::unique_ptr<archive, FreeWriter> writer_;
    std::vector<char> part_;
    std::vector<Way> way_; ///< the directories that the walk is in
    std::optional<Error> sink_error_;
    ArchivedTree archived_;
    bool broken_ = false;
};

} // namespace

Result<ArchivedTree> write_tree_archive(const Directory& tree, const ArchiveSink& sink,
                                        const ArchiveStyle& style, const Phase& phase)
{
    Archiving archiving(sink, style, phase);
    return archiving.open().and_then([&] { return walk_tree(tree, archiving); }).and_then([&] {
        return archiving.close();
    });
}

} // namespace left4me
