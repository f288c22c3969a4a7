#pragma once

#include "model/layer_ref.hpp"
#include "steam/workshop_api.hpp"
#include "system/error.hpp"

#include <vector>

namespace left4me {

enum class WorkshopVerb { add, refresh, list, remove };

struct WorkshopRequest {
    WorkshopVerb verb;
    std::vector<LayerRef> layers; ///< one; of refresh and list perhaps none: all
    std::vector<WorkshopId> items;
    bool json;
};

Result<WorkshopRequest> parse_workshop_request(int argc, const char* const* argv);

/// Acts as user left4me.
Result<int> run_workshop_request(const WorkshopRequest& request);

} // namespace left4me
