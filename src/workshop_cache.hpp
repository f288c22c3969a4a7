#pragma once

#include "directory.hpp"
#include "error.hpp"
#include "http_client.hpp"
#include "workshop_api.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace left4me {

/// workshop_cache/: files of items by their content, SHA256.vpk, and parts of downloads.
/// Servers see it at its own path; layers lead there by links.
class WorkshopCache {
public:
    static Result<WorkshopCache> open();

    /// Whether the file of that content is there, with that size.
    [[nodiscard]] bool has(std::string_view sha256, std::uint64_t size) const;

    /// Fetches the file of an item, going on where an earlier download ended, checks
    /// its size, its sum where Steam tells one, and that it is an addon, and puts it in
    /// by its content, whose sum it gives. progress is told the bytes that are there.
    [[nodiscard]] Result<std::string> fetch(HttpClient& web, const WorkshopDetails& item,
                                            HttpSafety safety,
                                            const std::function<void(std::uint64_t)>& progress) const;

    /// Removes files that no link of a layer, an older version or a work copy leads to,
    /// and parts that nobody went on with for a week. How many bytes that freed.
    [[nodiscard]] Result<std::uint64_t> prune() const;

private:
    explicit WorkshopCache(Directory directory) : directory_(std::move(directory)) {}
    Directory directory_;
};

/// Where a layer's link leads for that content.
std::string workshop_cache_path(std::string_view sha256);

/// The content that such a link leads to; empty for any other link.
std::string_view workshop_content_of(std::string_view target);

} // namespace left4me
