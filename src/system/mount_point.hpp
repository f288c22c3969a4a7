#pragma once

#include "system/error.hpp"

#include <string>

namespace left4me {

/// Whether something is mounted on target, an absolute path, in the mount namespace of the
/// caller; nothing of that name is not. Asks for that one path: the table of mounts takes the
/// longer to read the more there are.
Result<bool> is_mount_point(const std::string& target);

} // namespace left4me
