#pragma once

#include "support.hpp"

#include <string>
#include <sys/types.h>

namespace left4me::test {

/// A program on a terminal of its own, as a person at the keyboard has it. Ended with
/// this object.
class OnTerminal {
public:
    explicit OnTerminal(const Words& command);
    ~OnTerminal();
    OnTerminal(const OnTerminal&) = delete;
    OnTerminal& operator=(const OnTerminal&) = delete;

    /// Waits until it has written that text, beginning after the last one found.
    [[nodiscard]] bool shows(const std::string& text);

    void type(const std::string& text) const;

    /// Gives the terminal another size.
    void resize(unsigned short rows, unsigned short columns) const;

    /// Waits for its end; the status as a shell has it.
    int wait();

    [[nodiscard]] pid_t pid() const { return child_; }
    [[nodiscard]] const std::string& screen() const { return screen_; }

private:
    bool read_some();

    pid_t child_ = -1;
    int terminal_ = -1;
    std::string screen_;
    std::size_t seen_ = 0;
};

} // namespace left4me::test
