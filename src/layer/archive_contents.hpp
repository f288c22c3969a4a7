#pragma once

#include "layer/archive_reader.hpp"
#include "layer/import_layout.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"

#include <vector>

namespace left4me {

/// What is in an archive, whose content is not read as far as the format lets that be; sizes as
/// its headers tell. bad_data for what archive_rules does not allow, by
/// the entry's name.
Result<std::vector<LayoutEntry>> list_archive(const FileDescriptor& source, const ArchiveHints& hints);

/// The same, unpacked into an empty directory. Links there may lead anywhere: nothing may
/// follow one. Permissions are kept but for set-uid, set-gid and sticky bits; their owner may
/// always read and change files and directories. What was written stays there after an Error.
Result<std::vector<LayoutEntry>> unpack_archive(const Directory& tree, const FileDescriptor& source,
                                                const ArchiveHints& hints, Report& report);

} // namespace left4me
