#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"
#include "system/tree_copy.hpp"

#include <string_view>

namespace left4me {

/// Adds to a layer's work copy what is open as source: the files of a directory, of an
/// archive (.zip, .tar.*, .7z), or a .vpk, which becomes an addon by its name. A file of
/// the layer that has the same name is replaced. See archive_rules for what an archive
/// may not have; it is refused by name, and what was written stays in the work copy.
/// Permissions are kept but for set-uid, set-gid and sticky bits; all can be read.
Result<TreeSize> import_into(const Directory& tree, const FileDescriptor& source,
                             std::string_view source_name, Report& report);

} // namespace left4me
