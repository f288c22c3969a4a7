#pragma once

#include "layer/gzip_source.hpp"
#include "layer/utf8_names.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct archive;
struct archive_entry;

namespace left4me {

/// What an archive does not say of itself.
struct ArchiveHints {
    std::string charset = {}; ///< of names that the format does not say to be Unicode; "": UTF-8
    std::string lone_file = {}; ///< the name of the one file that it is, compressed; "": it is none
};

/// An archive that libarchive reads from its beginning to its end: .zip, .tar.*, .7z, .rar.
/// Errors are bad_data, and say what is wrong with it.
class ArchiveReader {
public:
    ArchiveReader();

    /// usage for a charset that this host does not know.
    Result<void> open(const FileDescriptor& source, const ArchiveHints& hints);

    /// The next header; null at the end. It stays until the next one is asked for.
    Result<archive_entry*> next();

    struct Block {
        std::string_view data;
        std::int64_t offset;
    };

    /// The next part of the entry's content; none at its end.
    Result<std::optional<Block>> next_block();

    /// How many bytes of the archive have been read.
    [[nodiscard]] std::uint64_t packed() const;

private:
    [[nodiscard]] Result<void> open_source(const FileDescriptor& source);
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] std::string reason() const;

    std::string lone_file_;
    std::string head_; ///< what it begins with
    std::optional<GzipSource> gzip_; // until the end of the reader's life, as the next one
    Utf8Names utf8_;
    struct FreeArchive {
        void operator()(archive* reader) const noexcept;
    };
    std::unique_ptr<archive, FreeArchive> reader_;
};

} // namespace left4me
