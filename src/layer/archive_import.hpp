#pragma once

#include "layer/layer_import.hpp"

namespace left4me {

/// Where an archive's files would go.
Result<LayoutPlan> plan_archive(const FileDescriptor& source, const ImportOrder& order);

/// In a work copy: where an archive is unpacked, before its files are moved to their places.
inline const std::string import_stage = ".left4me-import";

/// As import_into, of an archive. The stage stays in the work copy, with what has no place in
/// the layer, for whoever publishes it to remove.
Result<LayoutPlan> import_archive(const Directory& tree, const FileDescriptor& source,
                                  const ImportOrder& order, Report& report);

} // namespace left4me
