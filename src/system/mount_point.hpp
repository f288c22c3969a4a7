#pragma once

#include "system/error.hpp"

#include <string>

namespace left4me {

/// Whether something is mounted on target, an absolute path without links, in
/// the mount namespace of the caller.
Result<bool> is_mount_point(const std::string& target);

} // namespace left4me
