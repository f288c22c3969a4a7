#pragma once

#include <algorithm>
#include <string_view>

namespace left4me {

/// A text without these characters at its begin and its end.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = " \t")
{
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

} // namespace left4me
