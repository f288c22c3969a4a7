#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace left4me {

/// Checksums of a file's whole content, in lower-case hexadecimal digits.
struct Sums {
    std::string sha256;
    std::string sha1;
    std::string beginning; ///< the first 8 bytes
};

/// A SHA256 of what comes part by part. By libcrypto.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::string_view data);
    [[nodiscard]] Result<std::string> hex() const; ///< once, at the end

private:
    class Digest;
    std::unique_ptr<Digest> digest_;
};

/// Reads all of an open file, wherever it stands, and tells after each mebibyte how much it
/// has read, if progress is not empty. cancelled on Ctrl-C. By libcrypto.
Result<Sums> sums_of(const FileDescriptor& file,
                     const std::function<void(std::uint64_t)>& progress = {});

} // namespace left4me
