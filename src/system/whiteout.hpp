#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <string>
#include <sys/stat.h>

namespace left4me {

// In an overlay a whiteout hides what lower layers have of its name.

/// As overlayfs has it: a character device 0:0.
bool is_whiteout(const struct stat& status);

/// Any user may make one (Linux 5.8). The name must be free.
Result<void> make_whiteout(const Directory& directory, const std::string& name);

} // namespace left4me
