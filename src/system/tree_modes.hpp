#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/tree_measurement.hpp"

#include <sys/stat.h>

namespace left4me {

/// The mode that a file or directory may have whose owner alone is to change it: others write
/// nothing, nobody gets another's rights by running it, and its owner has what he needs to
/// read it and to remove it.
mode_t guarded_mode(mode_t mode);

/// Gives all files and directories of this user's tree that mode, its own directory among
/// them, whatever an archive, a script or another program gave them. What is in it then (see
/// measure_tree). Follows no link.
Result<TreeSize> guard_tree(const Directory& tree);

} // namespace left4me
