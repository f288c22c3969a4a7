#pragma once

#include "host/host.hpp"
#include "model/layer_ref.hpp"
#include "steam/workshop_api.hpp"
#include "steam/workshop_list.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "verbs/listing.hpp"

#include <vector>

namespace left4me {

/// The verbs of l4d2ctl workshop, as user left4me, one at a time on a host (else busy).
/// Details come from Steam's public API, files go into the cache by their content, and
/// the layer gets links, in a new version of it; nothing new, no new version. What Steam
/// gives no more keeps the file that it has. If a file cannot be had the others are
/// published all the same, and the Error comes after that.

/// Adds items and collections, with all that is in these; makes the layer if need be. What
/// cannot be had is a warning each and not on the list, the others are published, and after
/// that not_found or why a file could not be fetched is the Error.
Result<void> workshop_add(const Host& host, const LayerRef& ref, const std::vector<WorkshopId>& ids,
                          Report& report);

/// Fetches what has changed, of one layer or (none named) of each that has a list. What Steam
/// does not tell of a collection stays as it was, with a warning.
Result<void> workshop_refresh(const Host& host, const std::vector<LayerRef>& refs, Report& report);

/// not_found for what the layer does not have; refused for an item that a collection
/// would bring back.
Result<void> workshop_remove(const Host& host, const LayerRef& ref, const std::vector<WorkshopId>& ids,
                             Report& report);

/// A layer and what it has from the workshop.
struct LayerItems {
    LayerRef ref;
    WorkshopList list;
};

/// Of one layer; not_found where there is none.
Result<LayerItems> workshop_list_of(const Host& host, const LayerRef& ref);

/// Of all layers that have a list.
Result<Listing<LayerItems>> workshop_lists(const Host& host, Report& report);

} // namespace left4me
