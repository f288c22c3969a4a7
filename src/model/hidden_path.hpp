#pragma once

#include "system/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// What a server shall not see of its layers: a file or a directory, as its path in the
/// game's tree. Parts joined by '/', none of them empty, '.' or '..', without control
/// characters. Not what left4me generates there, nor the directories on the way to it:
/// left4dead2, left4dead2/cfg, and server*.cfg in that.
class HiddenPath {
public:
    /// bad_data, with the rule that was broken.
    static Result<HiddenPath> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }

    /// The directories on the way to it, from the tree down.
    [[nodiscard]] std::vector<std::string> parents() const;

    /// Whether one of the two lies inside the other, or both are the same.
    [[nodiscard]] bool overlaps(const HiddenPath& other) const;

    bool operator==(const HiddenPath&) const = default;

private:
    explicit HiddenPath(std::string_view text) : text_(text) {}
    std::string text_;
};

} // namespace left4me
