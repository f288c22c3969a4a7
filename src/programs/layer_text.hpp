#pragma once

#include "verbs/layer_state.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace left4me {

std::string format_layer_table(const std::vector<LayerState>& layers);
std::string format_layer_details(const LayerState& layer);

/// Newest first; kept are the versions that can be gone back to.
std::string format_history_table(const LayerHistory& history, const std::vector<std::uint64_t>& kept);

} // namespace left4me
