#pragma once

#include <span>

namespace left4me {

/// Takes from a stream, part by part, what would steer a terminal: control characters
/// but newline, tab and return become question marks, C1 ones (in UTF-8) no characters.
class TerminalFilter {
public:
    void operator()(std::span<char> part);

private:
    char last_ = '\0'; ///< of the part before
};

} // namespace left4me
