#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace left4me {

/// Checksums of a file's whole content, in lower-case hexadecimal digits.
struct Sums {
    std::string sha256;
    std::string sha1;
    std::string beginning; ///< the first 8 bytes
};

/// Reads all of an open file, wherever it stands, and tells after each mebibyte how much it
/// has read, if progress is not empty. cancelled on Ctrl-C. By libcrypto.
Result<Sums> sums_of(const FileDescriptor& file,
                     const std::function<void(std::uint64_t)>& progress = {});

} // namespace left4me
