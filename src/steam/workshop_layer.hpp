#pragma once

#include "host/host.hpp"
#include "model/layer_ref.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <functional>
#include <vector>

namespace left4me {

/// Publishes a new version of a layer (see LayerStore): change makes it, on a copy of the
/// present one, or on an empty tree where there is no such layer yet.
Result<void> change_layer(const Host& host, const LayerRef& ref,
                          const std::function<Result<void>(const Directory& work)>& change);

/// The layers that have a list of workshop items, sorted.
Result<std::vector<LayerRef>> workshop_layers(const Host& host);

} // namespace left4me
