#pragma once

#include "verbs/instance_status.hpp"
#include "verbs/layer_verbs.hpp"
#include "verbs/server_files.hpp"
#include "verbs/workshop_verbs.hpp"

#include <string>
#include <vector>

namespace left4me {

/// Answers as programs read them (--json). One object, or of many an array.
std::string format_status_json(const InstanceStatus& status);
std::string format_status_json(const std::vector<InstanceStatus>& statuses);

std::string format_layer_json(const LayerState& layer);
std::string format_layer_json(const std::vector<LayerState>& layers);

/// Newest first.
std::string format_history_json(const LayerPast& past);

std::string format_files_json(const ServerFiles& files);

std::string format_workshop_json(const LayerItems& layer);
std::string format_workshop_json(const std::vector<LayerItems>& layers);

} // namespace left4me
