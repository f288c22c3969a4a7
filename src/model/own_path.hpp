#pragma once

#include "system/error.hpp"

#include <string>
#include <string_view>

namespace left4me {

/// Something that a server wrote, as its path in the game's tree: parts joined by '/', none of
/// them empty, '.' or '..'. A part may have any other bytes: the server chose them.
class OwnPath {
public:
    /// bad_data, with the rule that was broken. One '/' at the end is allowed, as people write
    /// directories.
    static Result<OwnPath> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }

    /// The directory that it is in; "." for the tree itself.
    [[nodiscard]] std::string parent() const;
    [[nodiscard]] std::string name() const; ///< its last part

    /// Whether path is this one, or lies in it.
    [[nodiscard]] bool holds(std::string_view path) const;

    bool operator==(const OwnPath&) const = default;

private:
    explicit OwnPath(std::string_view text) : text_(text) {}
    std::string text_;
};

} // namespace left4me
