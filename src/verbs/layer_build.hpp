#pragma once

#include "layer/layer_recipe.hpp"
#include "model/build_run.hpp"
#include "model/layer_ref.hpp"
#include "verbs/server_verbs.hpp"

#include <string_view>

namespace left4me {

/// Runs a script in a work copy, as user left4me, and leaves a tree that this user can
/// publish or remove, however the script has ended. Its status; see
/// call_script_sandbox. bad_data for an empty script.
Result<int> build_in(const WorkCopy& copy, BuildAbi abi, std::string_view script);

struct BuildOrder {
    LayerRef layer;
    LayerRecipe recipe;
    bool daily; ///< the recipe is kept, and large files are in the cache of downloads
};

/// Changes a layer by a script: in a copy of it, published as its next version when the
/// script ends with 0 (a daily one only if anything is new). Else the layer stays as it
/// was, and the status is the script's.
Result<int> build_layer(const BuildOrder& order, const Steps& tell);

/// Does it by the recipe that the layer has when its turn comes. One that has none (any
/// more), or that is gone, is left alone.
Result<int> rebuild_layer(const LayerRef& layer, const Steps& tell);

} // namespace left4me
