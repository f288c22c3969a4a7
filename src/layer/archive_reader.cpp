#include "layer/archive_reader.hpp"

#include "system/format.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::string_view locked =
    "it is locked by a password (encrypted): unpack it, and import the directory";

/// How lz4, zstd, xz and bzip2 begin. A checksum ends them, but for bzip2, which has one for each
/// block.
constexpr std::array<std::string_view, 4> checked_streams = {"\x04\x22\x4d\x18", "\x28\xb5\x2f\xfd",
                                                             "\xfd\x37zX", "BZh"};

std::string damaged(std::string_view why)
{
    return formatted("it is damaged, or a part of it is missing{}{}", why.empty() ? "" : ": ", why);
}

la_ssize_t read_gzip(archive* reader, void* source, const void** part)
{
    const auto read = static_cast<GzipSource*>(source)->read();
    if (!read) {
        archive_set_error(reader, EIO, "%s", read.error().message.c_str());
        return ARCHIVE_FATAL;
    }
    *part = read->data();
    return static_cast<la_ssize_t>(read->size());
}

} // namespace

ArchiveReader::ArchiveReader() : reader_(archive_read_new())
{
}

void ArchiveReader::FreeArchive::operator()(archive* reader) const noexcept
{
    archive_read_free(reader);
}

Result<void> ArchiveReader::open(const FileDescriptor& source, const ArchiveHints& hints)
{
    const auto& charset = hints.charset;
    auto* reader = reader_.get();
    if (reader == nullptr)
        return fail(ExitStatus::internal, "libarchive cannot be used");
    for (const auto support : {archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
                               archive_read_support_filter_xz, archive_read_support_filter_lzma,
                               archive_read_support_filter_lz4, archive_read_support_filter_zstd})
        support(reader);
    lone_file_ = hints.lone_file;
    if (!lone_file_.empty())
        archive_read_support_format_raw(reader);
    else
        // A .zip by the list at its end alone: one without it has been cut off.
        for (const auto support :
             {archive_read_support_format_tar, archive_read_support_format_zip_seekable,
              archive_read_support_format_7zip, archive_read_support_format_rar,
              archive_read_support_format_rar5})
            support(reader);
    if (lone_file_.empty() && !charset.empty() &&
        archive_read_set_format_option(reader, nullptr, "hdrcharset", charset.c_str()) != ARCHIVE_OK)
        return fail(ExitStatus::usage,
                    formatted("{} is no character set that this host knows (iconv -l shows them)",
                              quote(charset)));
    if (auto opened = open_source(source); !opened)
        return opened;
    if (!lone_file_.empty() && !gzip_ && archive_filter_code(reader, 0) == ARCHIVE_FILTER_NONE)
        return fail(ExitStatus::bad_data, "it is not compressed, as its name says");
    return {};
}

Result<void> ArchiveReader::open_source(const FileDescriptor& source)
{
    constexpr std::size_t part = 64 * 1024;
    std::array<char, 4> head = {};
    const auto got = pread(source.get(), head.data(), head.size(), 0);
    if (got < 0)
        return fail_errno("cannot read it", errno);
    head_.assign(head.data(), static_cast<std::size_t>(got));
    auto* reader = reader_.get();
    if (GzipSource::is_one(head_)) {
        auto gzip = GzipSource::open(source);
        if (!gzip)
            return std::unexpected(gzip.error());
        gzip_ = std::move(*gzip);
    }
    // libarchive looks at the checksum if it reads to the end of the stream, and not just to the mark
    // that a tar ends with.
    if (std::ranges::any_of(checked_streams, [&](auto begin) { return head_.starts_with(begin); }))
        (void)archive_read_set_format_option(reader, "tar", "read_concatenated_archives", "1");
    const int outcome = gzip_ ? archive_read_open(reader, &*gzip_, nullptr, read_gzip, nullptr)
                              : archive_read_open_fd(reader, source.get(), part);
    return outcome == ARCHIVE_OK ? Result<void>() : fail(ExitStatus::bad_data, reason());
}

/// Behind the last entry there is more to unpack, and the checksum of it all.
Result<void> ArchiveReader::finish()
{
    while (gzip_) {
        if (auto going_on = check_interruption(); !going_on)
            return going_on;
        const auto part = gzip_->read();
        if (!part)
            return fail(part.error().status, damaged(part.error().message));
        if (part->empty())
            break;
    }
    return {};
}

Result<archive_entry*> ArchiveReader::next()
{
    archive_entry* entry = nullptr;
    const int outcome = archive_read_next_header(reader_.get(), &entry);
    if (outcome == ARCHIVE_EOF)
        return finish().transform([]() -> archive_entry* { return nullptr; });
    if (outcome < ARCHIVE_WARN)
        return fail(ExitStatus::bad_data, reason());
    if (archive_entry_is_encrypted(entry) != 0)
        return fail(ExitStatus::bad_data, std::string(locked));
    if (!lone_file_.empty())
        archive_entry_copy_pathname(entry, lone_file_.c_str());
    return entry;
}

Result<std::optional<ArchiveReader::Block>> ArchiveReader::next_block()
{
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int outcome = archive_read_data_block(reader_.get(), &data, &size, &offset);
    if (outcome == ARCHIVE_EOF)
        return std::nullopt;
    if (outcome < ARCHIVE_WARN)
        return fail(ExitStatus::bad_data, reason());
    return Block{{static_cast<const char*>(data), size}, offset};
}

std::uint64_t ArchiveReader::packed() const
{
    if (gzip_)
        return gzip_->packed();
    return static_cast<std::uint64_t>(std::max(archive_filter_bytes(reader_.get(), -1), la_int64_t{0}));
}

std::string ArchiveReader::reason() const
{
    const char* said = archive_error_string(reader_.get());
    const std::string why = said == nullptr ? "" : escaped(said);
    const bool unknown = why.contains("Unrecognized archive format");
    if (unknown && head_.starts_with("PK"))
        return damaged("its list of files is not at its end");
    if (unknown && (gzip_ || archive_filter_code(reader_.get(), 0) != ARCHIVE_FILTER_NONE))
        return "it is compressed, and damaged, or what is compressed is no archive";
    if (unknown)
        return "it is no archive that can be read: .zip, .7z, .rar and .tar.* are, and single files of "
               "the game (.vpk, .bsp, .nav, .smx, .cfg)";
    if (why.contains("rypt"))
        return std::string(locked);
    return damaged(why);
}

} // namespace left4me
