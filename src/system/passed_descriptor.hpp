#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace left4me {

/// A descriptor that came through a unix socket, and the words that came with it.
struct PassedDescriptor {
    FileDescriptor descriptor;
    std::string text;
};

/// Sends both through a connected stream socket, without waiting for the reader.
Result<void> pass_descriptor(const FileDescriptor& socket, const FileDescriptor& descriptor,
                             std::string_view text);

/// Receives both, once the sender has closed its end: bad_data unless it is one descriptor and
/// a text of at most limit bytes.
Result<PassedDescriptor> receive_descriptor(int socket, std::size_t limit);

} // namespace left4me
