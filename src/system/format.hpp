#pragma once

#include <format>
#include <string>
#include <string_view>

namespace left4me {

/// std::vformat(), compiled once.
std::string formatted_from(std::string_view format, std::format_args arguments);

/// std::format(), whose text is checked at the same time, and which costs the compiler a
/// quarter: libstdc++ makes its whole machinery anew in each file that calls it, 2.6 of
/// the 3.4 seconds that a file of one call takes (GCC 14, -O2).
template <class... Arguments>
std::string formatted(std::format_string<Arguments...> format, Arguments&&... arguments)
{
    return formatted_from(format.get(), std::make_format_args(arguments...));
}

} // namespace left4me
