#pragma once

#include "host/host.hpp"
#include "layer/content_cache.hpp"
#include "steam/http_client.hpp"
#include "steam/workshop_api.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// workshop_cache/: files of items by their content, and parts of downloads.
class WorkshopCache {
public:
    static Result<WorkshopCache> open(const Host& host);

    /// See ContentCache.
    [[nodiscard]] bool has(std::string_view sha256, std::uint64_t size) const
    {
        return contents_.has(sha256, size);
    }

    /// Fetches the file of an item, going on where an earlier download ended, checks
    /// its size, its sum where Steam tells one, and that it is an addon, and puts it in
    /// by its content, whose sum it gives. phase is told the bytes that are there.
    [[nodiscard]] Result<std::string> fetch(HttpClient& web, const WorkshopDetails& item,
                                            HttpSafety safety, const Phase& phase) const;

    /// Removes files that no link of a layer, an older version or a work copy leads to,
    /// and parts that nobody went on with for a week. How many bytes that freed.
    [[nodiscard]] Result<std::uint64_t> prune() const;

private:
    explicit WorkshopCache(ContentCache contents) : contents_(std::move(contents)) {}
    ContentCache contents_;
};

} // namespace left4me
