#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A descriptor that came through a unix socket, and the words that came with it.
struct PassedDescriptor {
    FileDescriptor descriptor;
    std::string text;
};

/// One message of a socket that keeps messages apart.
struct PassedMessage {
    std::string text;
    std::vector<FileDescriptor> descriptors;
};

/// Sends a message through a connected socket of that kind, without waiting for the reader.
Result<void> pass_message(const FileDescriptor& socket, std::string_view text,
                          std::span<const int> descriptors);

/// Receives the next one: bad_data where it has more than limit bytes, or more descriptors than
/// eight; an empty text with none when the other end is closed.
Result<PassedMessage> receive_message(int socket, std::size_t limit);

/// Sends both through a connected stream socket, without waiting for the reader.
Result<void> pass_descriptor(const FileDescriptor& socket, const FileDescriptor& descriptor,
                             std::string_view text);

/// Receives both, once the sender has closed its end: bad_data unless it is one descriptor and
/// a text of at most limit bytes.
Result<PassedDescriptor> receive_descriptor(int socket, std::size_t limit);

} // namespace left4me
