#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/tree_copy.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace left4me {

/// Told now and then how many bytes of the source have been read, of how many.
using ImportProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Adds to a layer's work copy what is open as source: the files of a directory, of an
/// archive (.zip, .tar.*, .7z), or a .vpk, which becomes an addon by its name. A file of
/// the layer that has the same name is replaced. See archive_rules for what an archive
/// may not have; it is refused by name, and what was written stays in the work copy.
/// Permissions are kept but for set-uid, set-gid and sticky bits; all can be read.
Result<TreeSize> import_into(const Directory& tree, const FileDescriptor& source,
                             std::string_view source_name, const ImportProgress& progress);

} // namespace left4me
