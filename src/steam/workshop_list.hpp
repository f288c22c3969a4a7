#pragma once

#include "host/host.hpp"
#include "steam/workshop_api.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// One item of a layer and the file that it was given.
struct WorkshopItem {
    WorkshopId id;
    bool direct; ///< asked for by itself, not (only) as one of a collection
    std::string title;
    std::uint64_t size = 0;
    std::uint64_t updated = 0;
    std::string sha256; ///< empty: it has no file yet
    std::string dead;   ///< why Steam gave it no more, the last time; else empty
};

/// What a layer has from the workshop. It lies in the layer itself, as
/// .left4me-workshop.json, so that a version of the layer and its list change as one
/// and roll back as one.
struct WorkshopList {
    struct Collection {
        WorkshopId id;
        std::vector<WorkshopId> items; ///< those of collections within it, too
        /// What is in it and in each collection within it, as Steam told it last. Empty in a
        /// list of release 0.1.0, which passes over it.
        std::vector<WorkshopCollection> contents;
    };
    std::vector<Collection> collections;
    std::vector<WorkshopItem> items;
};

inline const std::string workshop_list_name = ".left4me-workshop.json";

std::string format_workshop_list(const WorkshopList& list);

/// bad_data for what format_workshop_list does not write: a build script may have.
Result<WorkshopList> parse_workshop_list(std::string_view text);

/// Of a layer; an empty one where it has none.
Result<WorkshopList> read_workshop_list(const Directory& layer);

/// Makes left4dead2/addons of a work copy what the list says: a link ID.vpk for each
/// item that has a file, and none for others into the cache; and writes the list.
Result<void> write_workshop_list(const Host& host, const Directory& work, const WorkshopList& list);

} // namespace left4me
