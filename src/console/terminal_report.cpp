#include "console/terminal_report.hpp"

#include "system/error.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "system/shown_text.hpp"
#include "system/terminal_filter.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace left4me {

namespace {

/// Of the first print that failed; 0: none has.
int print_errno = 0;

void put(std::string_view text)
{
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
                         std::fflush(stdout) == 0; // steps are for now, not for the end
    if (!written && print_errno == 0)
        print_errno = errno;
}

} // namespace

void print(std::string_view text)
{
    put(escaped_lines(text));
}

void print_file(std::string_view text)
{
    std::string shown(text);
    if (isatty(STDOUT_FILENO) != 0)
        TerminalFilter()(shown);
    put(shown);
}

Result<void> require_printed()
{
    return print_errno == 0 ? Result<void>()
                            : fail_errno("cannot write to standard output", print_errno);
}

void complain(std::string_view name, std::string_view message)
{
    std::fputs(formatted("{}: {}\n", name, escaped(message)).c_str(), stderr);
}

TerminalReport::TerminalReport() : terminal_(isatty(STDERR_FILENO) != 0)
{
}

void TerminalReport::step(std::string_view what)
{
    clear();
    print(escaped(what) + '\n');
}

void TerminalReport::line(std::string_view text)
{
    clear();
    print(escaped(text) + '\n');
}

void TerminalReport::warning(std::string_view what)
{
    clear();
    complain("l4d2ctl", what);
}

/// Drawn ten times a second, and whenever the phase is another.
void TerminalReport::progress(std::string_view phase, std::uint64_t done, std::uint64_t total)
{
    constexpr std::uint64_t worth_a_line = 1 << 20;
    constexpr auto pause = std::chrono::milliseconds(100);
    const bool another = phase_ != phase;
    if (!terminal_) {
        if (!another || total < worth_a_line)
            return;
        std::fputs(formatted("{}: {}\n", escaped(phase), human_bytes(total)).c_str(), stderr);
        phase_ = phase;
        return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (!another && now - drawn_at_ < pause && done != total)
        return;
    phase_ = phase;
    drawn_at_ = now;
    draw(phase, done, total);
}

void TerminalReport::draw(std::string_view phase, std::uint64_t done, std::uint64_t total)
{
    constexpr std::size_t width = 30;
    drawn_ = true;
    if (total == 0) {
        std::fputs(formatted("\r\x1b[K{:<16} {}", escaped(phase), human_bytes(done)).c_str(), stderr);
        return;
    }
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const std::string bar(static_cast<std::size_t>(share * width), '#');
    std::fputs(formatted("\r\x1b[K{:<16} [{:<{}}] {:3.0f} %  {} / {}", escaped(phase), bar, width,
                         share * 100, human_bytes(done), human_bytes(total))
                   .c_str(),
               stderr);
}

void TerminalReport::clear()
{
    if (drawn_)
        std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
}

} // namespace left4me
