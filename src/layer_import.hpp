#pragma once

#include "directory.hpp"
#include "error.hpp"
#include "tree_copy.hpp"

namespace left4me {

Result<TreeSize> import_into(const Directory& tree, const FileDescriptor& source,
                             std::string_view source_name, const TreeProgress& progress);

} // namespace left4me
