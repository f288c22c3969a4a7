#pragma once

#include "host/host.hpp"
#include "layer/daily_script.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

namespace left4me {

struct BuildOrder {
    LayerRef layer;
    BuildScript script;
    bool daily; ///< the script is kept, and large files are in the cache of downloads
};

/// Changes a layer by a script: in a copy of it, published as its next version when the
/// script ends with 0 (a daily one only if anything is new). Else the layer stays as it
/// was, and the status is the script's.
Result<int> build_layer(const Host& host, const BuildOrder& order, Report& report);

/// Does it by the script that the daily layer has when its turn comes. One that has none (any
/// more), or that is gone, is left alone.
Result<int> rebuild_daily_layer(const Host& host, const LayerRef& layer, Report& report);

} // namespace left4me
