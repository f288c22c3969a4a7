#pragma once

#include "system/error.hpp"
#include "system/plain_text.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace left4me {

/// The name of a server: [a-z0-9][a-z0-9_-]{0,63}. The one grammar for every
/// program; a value of this type is always valid, so it needs no escaping in a
/// unit's name, a path or a message.
class InstanceName {
public:
    /// usage, with the rule that was broken.
    static Result<InstanceName> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    bool operator==(const InstanceName&) const = default;
    /// In natural order: coop2 before coop10.
    std::strong_ordering operator<=>(const InstanceName& other) const
    {
        return natural_order(text_, other.text_);
    }

private:
    explicit InstanceName(std::string_view text) : text_(text) {}
    std::string text_;
};

} // namespace left4me
