#pragma once

#include "host/host.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// Files by their content, SHA256 and a suffix, in a directory of the state directory.
/// Servers see it at its own path; layers lead there by links.
class ContentCache {
public:
    struct Kind {
        std::string_view directory;
        std::string_view suffix;
    };
    static constexpr Kind workshop = {"workshop_cache", ".vpk"};
    static constexpr Kind downloads = {"global_overlay_cache", ""};

    static Result<ContentCache> open(const Host& host, const Kind& kind);

    /// Whether that is a content: a SHA256 in small hexadecimal digits.
    static bool is_sum(std::string_view text);

    /// Where a layer's link leads for that content.
    static std::string path_of(const Host& host, const Kind& kind, std::string_view sha256);

    /// The content that such a link leads to; empty for any other link.
    static std::string_view content_of(const Host& host, const Kind& kind, std::string_view target);

    /// Whether the file of that content is there, with that size.
    [[nodiscard]] bool has(std::string_view sha256, std::uint64_t size) const;

    /// Moves a file in, which is on the disk, and syncs the directory. One that is there
    /// is replaced.
    [[nodiscard]] Result<void> take(const Directory& from, const std::string& name,
                                    std::string_view sha256) const;

    /// Removes files that no link of a layer, an older version or a work copy leads to.
    /// How many bytes that freed.
    [[nodiscard]] Result<std::uint64_t> prune() const;

    /// Where a layer's link leads for that content.
    [[nodiscard]] std::string path_of(std::string_view sha256) const
    {
        return path_of(host_, kind_, sha256);
    }

    [[nodiscard]] const Directory& directory() const noexcept { return directory_; }

private:
    ContentCache(Host host, const Kind& kind, Directory directory)
        : host_(std::move(host)), kind_(kind), directory_(std::move(directory))
    {
    }
    Host host_;
    Kind kind_;
    Directory directory_;
};

/// The file that a layer's link leads to in one of the caches; none for any other link. not_found
/// where that has it no more.
Result<std::optional<FileDescriptor>> open_in_cache(const Host& host, const std::string& target);

} // namespace left4me
