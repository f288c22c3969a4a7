#pragma once

#include "steam/workshop_api.hpp"
#include "steam/workshop_list.hpp"
#include "system/error.hpp"

#include <functional>
#include <vector>

namespace left4me {

/// What a collection has now.
struct WorkshopWalk {
    WorkshopList::Collection now;
    std::vector<WorkshopId> untold; ///< it or collections in it that stay as they were
};

/// Asks Steam for collections, as GetCollectionDetails does.
using AskCollections =
    std::function<Result<std::vector<WorkshopCollection>>(const std::vector<WorkshopId>&)>;

/// Goes through a collection and those in it, each once. No answer is no removal: a hidden
/// collection, one that is gone and a bad moment of Steam's look alike, and an author hardly
/// publishes an empty one. A collection of which Steam tells no items has those that it had
/// the last time. bad_data for more than 5000 items, and the errors of ask.
Result<WorkshopWalk> walk_collection(const WorkshopList::Collection& before, const AskCollections& ask);

} // namespace left4me
