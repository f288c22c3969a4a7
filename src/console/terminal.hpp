#pragma once

#include "system/error.hpp"
#include "system/secret.hpp"

#include <string_view>

namespace left4me {

/// Asks on the terminal that the program was started from, without an echo; never
/// on a pipe. not_permitted where there is none; cancelled by Ctrl-C and by the end
/// of the input.
Result<Secret> ask_on_terminal(std::string_view question);

} // namespace left4me
