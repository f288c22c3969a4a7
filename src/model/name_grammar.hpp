#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// [a-z0-9], whatever the locale says.
constexpr bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// [0-9a-f].
constexpr bool is_hexadecimal(char c)
{
    return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9');
}

/// What NAME_MAX is: of one name in a path.
constexpr std::size_t max_path_part_size = 255;

/// The rule of [a-z0-9][a-z0-9_-]{0,max_size-1} that text breaks, if any, in
/// words that fit after "…: ". Instance names and aliases share it.
std::optional<std::string> broken_name_rule(std::string_view text, std::size_t max_size);

} // namespace left4me
