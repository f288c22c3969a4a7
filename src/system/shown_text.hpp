#pragma once

#include "system/error.hpp" // escaped(), of one line

#include <string>
#include <string_view>

namespace left4me {

/// escaped() of a text of several lines: each \n stays the end of one.
std::string escaped_lines(std::string_view text);

/// The same of JSON, which means what it meant: within its strings, where alone such
/// characters can be, they become \uNNNN.
std::string escaped_json(std::string_view json);

} // namespace left4me
