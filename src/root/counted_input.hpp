#pragma once

#include "system/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace left4me {

/// What a caller gives a helper on standard input, which stays open: "LENGTH\n", then so many
/// bytes. what is for messages ("the script"). usage for a first line that is no number;
/// bad_data where there is nothing, more than limit bytes, or less than was said.
Result<std::string> read_counted_input(std::string_view what, std::size_t limit);

} // namespace left4me
