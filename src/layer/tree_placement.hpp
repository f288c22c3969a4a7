#pragma once

#include "layer/import_layout.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

namespace left4me {

/// How files come from one tree into another: moved within a file system, or copied where the
/// first tree is somebody's own.
enum class PlacementWay { move, copy };

/// Puts what lies in one tree into a layer's, as a plan has it. A file of that name there is
/// replaced; directories keep their modes, but that their owner may always change them. bad_data
/// for a link that leaves the layer.
Result<void> place_tree(const Directory& from, const Directory& to, const LayoutPlan& plan,
                        PlacementWay way, const Phase& phase);

/// A new file in the place of what has that path in the layer, copied from an open one.
Result<void> place_copy(const FileDescriptor& from, const Directory& to, const std::string& path);

} // namespace left4me
