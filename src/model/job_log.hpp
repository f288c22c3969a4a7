#pragma once

#include "system/terminal_filter.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace left4me {

/// What of a job's output goes into its log: whole lines, each behind the time when it began
/// ("2026-01-31T12:00:00Z fetching"), without control characters, and no more than is kept.
class JobLog {
public:
    using Time = std::chrono::microseconds; ///< since the epoch

    /// Bytes.
    static constexpr std::size_t max_size = 16 * 1024 * 1024;
    /// Longer lines are cut in two.
    static constexpr std::size_t max_line = 4096;

    /// Takes what was written; gives what the log gets. A line ends with a newline or a return.
    [[nodiscard]] std::string pass(std::string_view output, Time now);

    /// At the end: the line that has no end.
    [[nodiscard]] std::string finish(Time now);

    /// The last line that has come, kept or not.
    [[nodiscard]] const std::string& last_line() const noexcept { return last_; }

private:
    void end_line(std::string& passed);

    TerminalFilter filter_;
    std::string line_; ///< not whole yet
    Time begun_{};     ///< when it began
    std::string last_;
    std::size_t size_ = 0;
    bool full_ = false;
};

} // namespace left4me
