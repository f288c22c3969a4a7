#pragma once

#include "model/layer_ref.hpp"
#include "steam/workshop_api.hpp"
#include "steam/workshop_list.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace left4me {

struct WorkshopReport {
    std::function<void(std::string_view)> step;    ///< of the whole
    std::function<void(std::string_view)> warning; ///< what could not be had
    std::function<void(std::string_view what, std::uint64_t done, std::uint64_t total)> progress;
};

/// The verbs of l4d2ctl workshop, as user left4me, one at a time on a host (else busy).
/// Details come from Steam's public API, files go into the cache by their content, and
/// the layer gets links, in a new version of it; nothing new, no new version. What Steam
/// gives no more keeps the file that it has. If a file cannot be had the others are
/// published all the same, and the Error comes after that.

/// Adds items and collections, with all that is in these; makes the layer if need be.
/// not_found for what Steam does not have.
Result<void> workshop_add(const LayerRef& ref, const std::vector<WorkshopId>& ids,
                          const WorkshopReport& report);

/// Fetches what has changed, of one layer or (none named) of each that has a list.
Result<void> workshop_refresh(const std::vector<LayerRef>& refs, const WorkshopReport& report);

/// not_found for what the layer does not have; refused for an item that a collection
/// would bring back.
Result<void> workshop_remove(const LayerRef& ref, const std::vector<WorkshopId>& ids,
                             const WorkshopReport& report);

/// not_found where there is no such layer.
Result<WorkshopList> workshop_list_of(const LayerRef& ref);

} // namespace left4me
