#pragma once

#include "system/error.hpp"
#include "system/plain_text.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace left4me {

/// Where a layer lies below overlays/: one or more parts of
/// [A-Za-z0-9][A-Za-z0-9._-]* joined by '/'. Never absolute, never with '..'
/// (openat2 lets "a/../a" pass, so the grammar must not).
class LayerRef {
public:
    /// bad_data, with the rule that was broken.
    static Result<LayerRef> parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return text_; }

    /// Whether one of the two lies inside the other, or both are the same:
    /// the kernel refuses such layers in one mount (ELOOP).
    [[nodiscard]] bool overlaps(const LayerRef& other) const;

    bool operator==(const LayerRef&) const = default;
    /// In natural order: maps/2 before maps/10.
    std::strong_ordering operator<=>(const LayerRef& other) const
    {
        return natural_order(text_, other.text_);
    }

private:
    explicit LayerRef(std::string_view text) : text_(text) {}
    std::string text_;
};

} // namespace left4me
