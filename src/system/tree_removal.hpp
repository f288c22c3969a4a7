#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>

namespace left4me {

/// Removes all that is below an open directory, never following a link nor leaving the file
/// system, whatever its depth and while others change it. busy where somebody never stops
/// adding to it. path is for messages.
Result<void> empty_tree(const FileDescriptor& root, const std::string& path);

} // namespace left4me
