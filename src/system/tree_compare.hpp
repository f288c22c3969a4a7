#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

namespace left4me {

/// Whether two trees have the same entries: names, kinds, permissions, where links lead,
/// and what is in files; not their times. No link is followed. cancelled on Ctrl-C.
Result<bool> same_tree(const Directory& one, const Directory& other);

} // namespace left4me
