#pragma once

#include "system/error.hpp"
#include "system/report.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// What l4d2ctl and the programs that it calls tell: steps and lines on standard output,
/// warnings on standard error. Progress is a bar on standard error where that is a
/// terminal, else a line whenever another phase of a mebibyte or more begins.
class TerminalReport final : public Report {
public:
    TerminalReport();
    ~TerminalReport() override { clear(); }

    void step(std::string_view what) override;
    void progress(std::string_view phase, std::uint64_t done, std::uint64_t total) override;
    void line(std::string_view text) override;
    void warning(std::string_view what) override;

    /// Takes the bar away, before something else is printed.
    void clear();

private:
    void draw(std::string_view phase, std::uint64_t done, std::uint64_t total);

    bool terminal_;
    bool drawn_ = false;
    std::string phase_;
    std::chrono::steady_clock::time_point drawn_at_;
};

// All that the programs say goes through these: whoever wrote what is in it steers no
// terminal and makes no line of a log. (What a script and a game write themselves goes its
// own way, through TerminalFilter and the journal.)

/// Prints at once: an answer, or a step of something that goes on. Control characters but
/// the end of a line are escaped.
void print(std::string_view text);

/// Prints a file, byte by byte; to a terminal, without control characters.
void print_file(std::string_view text);

/// Whether all that was printed went out: a full disk is told at the end, of what was done.
Result<void> require_printed();

/// "NAME: MESSAGE" on standard error, as one line.
void complain(std::string_view name, std::string_view message);

} // namespace left4me
