#pragma once

#include "layer/import_layout.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "system/report.hpp"

#include <string>

namespace left4me {

// What an operator gives to a layer: a directory or a single file of the game, here, or an
// archive, which is archive_import's, for a program that loads libarchive.

struct ImportOrder {
    std::string name; ///< of the source, in messages; a single file's in the layer
    LayoutChoice choice = {};
    std::string charset = {}; ///< of an archive's names; "": UTF-8
};

/// "cannot import 'NAME': …", unless it was cancelled.
Error import_error(Error error, const ImportOrder& order);

/// bad_data for what cannot be imported (see kind_of_source).
Result<bool> is_archive(const FileDescriptor& source, const ImportOrder& order);

/// Where the files of a directory, or a single file, would go.
Result<LayoutPlan> plan_import(const FileDescriptor& source, const ImportOrder& order);

/// Adds the files of a directory, or a single file, to a layer's work copy, each where
/// plan_layout has it; what has the same name is replaced. What archive_rules does not allow in
/// an archive is refused by its name in a directory, too. What was written stays in the work
/// copy. Permissions are kept but for set-uid, set-gid and sticky bits; all can be read.
Result<LayoutPlan> import_into(const Directory& tree, const FileDescriptor& source,
                               const ImportOrder& order, Report& report);

} // namespace left4me
