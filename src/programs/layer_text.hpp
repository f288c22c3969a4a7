#pragma once

#include "verbs/layer_verbs.hpp"

#include <string>
#include <vector>

namespace left4me {

std::string format_layer_table(const std::vector<LayerState>& layers);
std::string format_layer_details(const LayerState& layer);

/// Newest first.
std::string format_history_table(const LayerPast& past);

} // namespace left4me
