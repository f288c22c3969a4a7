#pragma once

#include "model/build_run.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// How a layer is made anew each day. It lies beside the layer's versions, where no
/// script can change it.
struct LayerRecipe {
    BuildAbi abi;
    std::string script;
    bool operator==(const LayerRecipe&) const = default;
};

std::string format_layer_recipe(const LayerRecipe& recipe);

/// bad_data for anything that format_layer_recipe does not write.
Result<LayerRecipe> parse_layer_recipe(std::string_view text);

/// The recipe in versions/REF; none where there is none.
Result<std::optional<LayerRecipe>> read_layer_recipe(const Directory& versions);

/// Whether one is there, good or bad.
Result<bool> has_layer_recipe(const Directory& versions);

Result<void> write_layer_recipe(const Directory& versions, const LayerRecipe& recipe);
Result<void> remove_layer_recipe(const Directory& versions);

} // namespace left4me
