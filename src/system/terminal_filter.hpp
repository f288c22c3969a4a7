#pragma once

#include "system/error.hpp"
#include "system/secret.hpp"

#include <span>
#include <string_view>

namespace left4me {

/// Asks on the terminal that the program was started from, without an echo; never
/// on a pipe. not_permitted where there is none; cancelled by Ctrl-C and by the end
/// of the input.
Result<Secret> ask_on_terminal(std::string_view question);

/// Takes from a stream, part by part, what would steer a terminal: control characters
/// but newline, tab and return become question marks, C1 ones (in UTF-8) no characters.
class TerminalFilter {
public:
    void operator()(std::span<char> part);

private:
    char last_ = '\0'; ///< of the part before
};

} // namespace left4me
