#pragma once

#include "system/error.hpp"

#include <string>

namespace left4me {

/// A file of the kernel's or of root's, at an absolute path.
Result<std::string> read_host_file(const std::string& path);

/// Its first line.
std::string without_newline(std::string text);

} // namespace left4me
