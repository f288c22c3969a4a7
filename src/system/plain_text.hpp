#pragma once

#include <charconv>
#include <chrono>
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
