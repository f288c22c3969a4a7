#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <sys/stat.h>

namespace left4me {

/// The mode that a file or directory may have whose owner alone is to change it: others write
/// nothing, nobody gets another's rights by running it, and its owner has what he needs to
/// read it and to remove it.
mode_t guarded_mode(mode_t mode);

/// Gives all files and directories of this user's tree that mode, its own directory among
/// them, whatever an archive, a script or another program gave them. Follows no link.
Result<void> guard_tree(const Directory& tree);

} // namespace left4me
