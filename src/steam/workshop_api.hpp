#pragma once

#include "system/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace left4me {

/// The number of an item or a collection of Steam's workshop.
class WorkshopId {
public:
    /// 1 to 20 digits, or the address of its page (…/filedetails/?id=DIGITS) or of one about
    /// it, for a browser or for Steam's client.
    static Result<WorkshopId> parse(std::string_view text);

    [[nodiscard]] std::string str() const { return std::to_string(number_); }
    auto operator<=>(const WorkshopId&) const = default;

private:
    explicit WorkshopId(std::uint64_t number) : number_(number) {}
    std::uint64_t number_;
};

/// What Steam says of an item.
struct WorkshopDetails {
    WorkshopId id;
    std::string dead; ///< why it cannot be had; empty where it can
    std::string title;
    std::string url;
    std::uint64_t size = 0;
    std::uint64_t updated = 0;       ///< seconds since the epoch
    std::optional<std::string> sha1; ///< of its file, where the address tells it
};

struct WorkshopCollection {
    WorkshopId id;
    std::vector<WorkshopId> children;    ///< none: of an item, or what Steam does not tell
    std::vector<WorkshopId> collections; ///< those of the children that Steam calls so
};

using HttpForm = std::vector<std::pair<std::string, std::string>>;

/// The forms of ISteamRemoteStorage/GetPublishedFileDetails/v1 and GetCollectionDetails/v1.
HttpForm details_form(const std::vector<WorkshopId>& ids);
HttpForm collections_form(const std::vector<WorkshopId>& ids);

/// Their answers. bad_data for what is none; an item that was not asked for is passed
/// over, and what is wrong with one item makes that one dead.
Result<std::vector<WorkshopDetails>> parse_details(std::string_view json,
                                                   const std::vector<WorkshopId>& asked);
Result<std::vector<WorkshopCollection>> parse_collections(std::string_view json,
                                                          const std::vector<WorkshopId>& asked);

/// Largest file of an item that is taken.
constexpr std::uint64_t max_item_size = 4ULL * 1024 * 1024 * 1024;

} // namespace left4me
