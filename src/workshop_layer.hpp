#pragma once

#include "directory.hpp"
#include "error.hpp"
#include "layer_ref.hpp"

#include <functional>
#include <vector>

namespace left4me {

/// A layer is never changed in place: change works on a copy of it (an empty one where
/// there is no such layer yet), which takes its name in one rename when it is done and
/// on the disk. The old tree goes to versions/REF/N, for servers that have it mounted.
/// busy while another one changes the layer.
Result<void> change_layer(const LayerRef& ref,
                          const std::function<Result<void>(const Directory& work)>& change);

/// The layers that have a list of workshop items, sorted.
Result<std::vector<LayerRef>> workshop_layers();

} // namespace left4me
