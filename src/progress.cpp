#include "progress.hpp"

#include "error.hpp"

#include <cstdio>
#include <format>
#include <unistd.h>

namespace left4me {

Progress::Progress() : terminal_(isatty(STDERR_FILENO) != 0)
{
}

void Progress::show(std::string_view phase, std::uint64_t done, std::uint64_t total)
{
    constexpr double mebi = 1024.0 * 1024.0;
    if (!terminal_) {
        if (total != 0 && phase_ != phase)
            std::fputs(std::format("{}: {:.1f} MiB\n", escaped(phase), static_cast<double>(total) / mebi)
                           .c_str(),
                       stderr);
        if (total != 0)
            phase_ = phase;
        return;
    }
    constexpr std::size_t width = 30;
    const double share = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
    const std::string bar(static_cast<std::size_t>(share * width), '#');
    std::fputs(std::format("\r\x1b[K{:<16} [{:<{}}] {:5.1f} %  {:.1f} / {:.1f} MiB", escaped(phase), bar,
                           width, share * 100, static_cast<double>(done) / mebi,
                           static_cast<double>(total) / mebi)
                   .c_str(),
               stderr);
    drawn_ = true;
}

void Progress::clear()
{
    if (drawn_)
        std::fputs("\r\x1b[K", stderr);
    drawn_ = false;
}

} // namespace left4me
