#pragma once

#include "steam/http_client.hpp"
#include "steam/workshop_api.hpp"
#include "steam/workshop_cache.hpp"
#include "steam/workshop_list.hpp"
#include "steam/workshop_walk.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// Steam's workshop: what its public API says, and the files of its items.
class Workshop {
public:
    /// base: the address of Steam's API, from the host's settings.
    Workshop(const std::string& base, WorkshopCache cache);

    /// See walk_collection.
    Result<WorkshopWalk> walk(const WorkshopList::Collection& before);

    /// Brings the files of all items into the cache, as far as the list has another version
    /// of them, and writes down what came. What cannot be had is a warning, and keeps the
    /// file that it has; the first that failed is the Error, after all others.
    Result<std::optional<Error>> bring_all(WorkshopList& list, Report& report);

    [[nodiscard]] const WorkshopCache& cache() const { return cache_; }

private:
    template <class Row, class Form, class Parse>
    Result<std::vector<Row>> ask(std::string_view what, const std::vector<WorkshopId>& ids, Form form,
                                 Parse parse);
    Result<std::vector<WorkshopDetails>> details(const std::vector<WorkshopId>& ids);
    Result<std::vector<WorkshopCollection>> collections(const std::vector<WorkshopId>& ids);
    Result<void> bring(WorkshopItem& item, const WorkshopDetails& details, Report& report);

    std::string base_;
    HttpSafety safety_;
    HttpClient web_;
    WorkshopCache cache_;
};

} // namespace left4me
