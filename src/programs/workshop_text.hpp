#pragma once

#include "verbs/workshop_verbs.hpp"

#include <string>
#include <vector>

namespace left4me {

/// The items of one layer. In a file of its own, for left4me-workshop alone needs it: who else
/// answers in JSON would load libcurl, too.
std::string format_workshop_text(const LayerItems& layer);

/// As programs read it (--json): see json_text.hpp.
std::string format_workshop_json(const LayerItems& layer);
std::string format_workshop_json(const std::vector<LayerItems>& layers);

} // namespace left4me
