#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

struct gzFile_s;

namespace left4me {

/// What is compressed by gzip, as zlib reads it: to the checksum at its end, which libarchive's own
/// reader passes over (consume_trailer() of archive_read_support_filter_gzip.c, libarchive 3.7.4).
class GzipSource {
public:
    /// Whether a file that begins so is one (RFC 1952, 2.3.1).
    static bool is_one(std::string_view head) { return head.starts_with("\x1f\x8b"); }

    /// From where the file is read next.
    static Result<GzipSource> open(const FileDescriptor& file);

    /// The next part, until the next call; empty at the end. bad_data: its checksum is another, it ends
    /// too early, or is damaged otherwise.
    Result<std::string_view> read();

    /// How many bytes of the file have been read.
    [[nodiscard]] std::uint64_t packed() const;

private:
    struct Close {
        void operator()(gzFile_s* file) const noexcept;
    };
    using File = std::unique_ptr<gzFile_s, Close>;

    explicit GzipSource(File file);

    File file_;
    std::vector<char> part_;
};

} // namespace left4me
