#include "layer/tree_archive.hpp"

#include "layer/utf8_names.hpp"
#include "model/own_path.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "system/tree_walk.hpp"
#include "system/whiteout.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace left4me {
namespace {

struct FreeReader {
    void operator()(archive* reader) const noexcept { archive_read_free(reader); }
};

class Unarchiving {
public:
    Unarchiving(const Directory& into, const Phase& phase)
        : into_(into), phase_(phase), reader_(archive_read_new())
    {
    }

    Result<UnpackedTree> read(const FileDescriptor& source)
    {
        constexpr std::size_t part = 256 * 1024;
        auto* reader = reader_.get();
        if (reader == nullptr || archive_read_support_format_tar(reader) != ARCHIVE_OK)
            return fail(ExitStatus::internal, "libarchive cannot be used");
        if (archive_read_open_fd(reader, source.get(), part) != ARCHIVE_OK)
            return fail(ExitStatus::bad_data, reason());
        archive_entry* entry = nullptr;
        while (true) {
            if (auto going_on = check_interruption(); !going_on)
                return std::unexpected(going_on.error());
            const int outcome = archive_read_next_header(reader, &entry);
            if (outcome == ARCHIVE_EOF)
                break;
            if (outcome < ARCHIVE_WARN)
                return fail(ExitStatus::bad_data, reason());
            if (auto taken = take(entry); !taken)
                return std::unexpected(taken.error());
        }
        return std::move(unpacked_);
    }

private:
    [[nodiscard]] std::string reason() const
    {
        const char* said = archive_error_string(reader_.get());
        return escaped(said == nullptr ? "it is damaged" : said);
    }

    static std::unexpected<Error> refuse(const std::string& path, std::string_view why)
    {
        return fail(ExitStatus::bad_data, formatted("entry {} {}", quote(path), why));
    }

    Result<void> take(archive_entry* entry)
    {
        const char* name = archive_entry_pathname(entry);
        const auto path = OwnPath::parse(name == nullptr ? "" : name);
        if (!path)
            return std::unexpected(path.error());
        if (std::ranges::count(path->str(), '/') > deepest_tree)
            return refuse(path->str(), formatted("is more than {} directories deep", deepest_tree));
        if (archive_entry_hardlink(entry) != nullptr)
            return refuse(path->str(), "is a hard link");
        const auto parent = into_.make_path(path->parent(), S_IRWXU);
        if (!parent)
            return std::unexpected(parent.error());
        switch (archive_entry_filetype(entry)) {
        case AE_IFDIR:
            return make_directory(entry, *parent, *path);
        case AE_IFREG:
            return make_file(entry, *parent, *path);
        case AE_IFLNK:
            return make_link(entry, *parent, *path);
        case AE_IFCHR:
            if (archive_entry_rdev(entry) == 0)
                return require_free(*parent, *path).and_then([&] {
                    return make_whiteout(*parent, path->name());
                });
            break;
        default:
            break;
        }
        return refuse(path->str(), "is no file, directory or link");
    }

    static Result<void> require_free(const Directory& parent, const OwnPath& path)
    {
        return parent.contains(path.name()).and_then([&](bool there) {
            return there ? Result<void>(refuse(path.str(), "is there twice")) : Result<void>();
        });
    }

    Result<void> make_directory(archive_entry* entry, const Directory& parent, const OwnPath& path)
    {
        const mode_t mode = (archive_entry_mode(entry) & ACCESSPERMS) | S_IRWXU;
        return parent.make_subdirectory(path.name(), S_IRWXU)
            .and_then([&](const Directory& made) -> Result<void> {
                if (fchmod(made.descriptor(), mode) != 0)
                    return fail_errno(formatted("cannot set the mode of {}", quote(path.str())), errno);
                if (is_opaque(entry))
                    unpacked_.opaque.push_back(path.str());
                return {};
            });
    }

    static bool is_opaque(archive_entry* entry)
    {
        const char* name = nullptr;
        const void* value = nullptr;
        std::size_t size = 0;
        archive_entry_xattr_reset(entry);
        while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
            if (std::string_view(name) == "trusted.overlay.opaque" &&
                std::string_view(static_cast<const char*>(value), size) == "y")
                return true;
        return false;
    }

    Result<void> make_link(archive_entry* entry, const Directory& parent, const OwnPath& path)
    {
        const char* target = archive_entry_symlink(entry);
        if (target == nullptr || *target == '\0')
            return refuse(path.str(), "leads nowhere");
        ++unpacked_.size.files;
        return require_free(parent, path).and_then([&] {
            return parent.make_link(path.name(), target);
        });
    }

    Result<void> make_file(archive_entry* entry, const Directory& parent, const OwnPath& path)
    {
        const FileDescriptor file(openat(parent.descriptor(), path.name().c_str(),
                                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file && errno == EEXIST)
            return refuse(path.str(), "is there twice");
        if (!file)
            return fail_errno(formatted("cannot create {}", quote(path.str())), errno);
        ++unpacked_.size.files;
        if (auto written = write_data(file, path.str()); !written)
            return written;
        const timespec time = {.tv_sec = archive_entry_mtime(entry), .tv_nsec = 0};
        const std::array<timespec, 2> times = {time, time};
        const mode_t mode = (archive_entry_mode(entry) & ACCESSPERMS) | S_IRUSR | S_IWUSR;
        if (ftruncate(file.get(), archive_entry_size(entry)) != 0 || fchmod(file.get(), mode) != 0 ||
            futimens(file.get(), times.data()) != 0)
            return fail_errno(formatted("cannot finish {}", quote(path.str())), errno);
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
            if (auto going_on = check_interruption(); !going_on)
                return going_on;
            if (lseek(file.get(), offset, SEEK_SET) < 0)
                return fail_errno(formatted("cannot write {}", quote(path)), errno);
            if (auto done = write_all(file, quote(path), {static_cast<const char*>(data), size}); !done)
                return done;
            unpacked_.size.bytes += size;
            phase_.reach(unpacked_.size.bytes);
        }
    }

    const Directory& into_;
    const Phase& phase_;
    std::unique_ptr<archive, FreeReader> reader_;
    UnpackedTree unpacked_;
};

} // namespace

Result<UnpackedTree> read_tree_archive(const FileDescriptor& source, const Directory& into,
                                       const Phase& phase)
{
    const Utf8Names utf8;
    return Unarchiving(into, phase).read(source);
}

} // namespace left4me
