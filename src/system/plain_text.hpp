#pragma once

#include <charconv>
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace left4me {

// Values as people and files write them.

/// "1.5 GiB"; bytes below a KiB as they are.
std::string human_bytes(std::uint64_t bytes);

/// "2026-01-31T12:00:00Z": whole seconds, UTC.
std::string rfc3339(std::chrono::microseconds since_epoch);

/// "2026-01-31 13:00", in the host's zone: for tables.
std::string local_minute(std::chrono::microseconds since_epoch);

/// "2026-01-31T13:00:00+01:00": whole seconds, in the host's zone.
std::string local_rfc3339(std::chrono::microseconds since_epoch);

/// As people order names: numbers in them by their value, "coop2" before "coop10"; all else byte
/// by byte. Equal is only what is the same.
std::strong_ordering natural_order(std::string_view a, std::string_view b);

/// The same, for the keys of a map.
struct NaturalLess {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return natural_order(a, b) < 0; }
};

/// The number that all of text is; none where it is none, or too large.
template <class Number>
std::optional<Number> parse_number(std::string_view text, int base = 10)
{
    Number number = 0;
    const auto* end = text.data() + text.size();
    const auto [after, problem] = std::from_chars(text.data(), end, number, base);
    return problem == std::errc() && after == end ? std::optional(number) : std::nullopt;
}

/// Upper and lower case of ASCII being the same.
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool contains_ignoring_case(std::string_view text, std::string_view part);

/// The texts of all, one after the other, with what goes between them.
template <class All, class TextOf = std::identity>
std::string join(const All& all, std::string_view between = ", ", TextOf text_of = {})
{
    std::string text;
    bool first = true;
    for (const auto& one : all) {
        if (!std::exchange(first, false))
            text += between;
        text += std::invoke(text_of, one);
    }
    return text;
}

} // namespace left4me
