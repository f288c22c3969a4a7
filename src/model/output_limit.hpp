#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace left4me {

/// What of a game's output, or a script's, goes on to the journal, which all of the host shares
/// and which throws away its oldest messages for new ones. journald's own limit counts
/// messages, of up to 48 KiB each; this one counts bytes, and for each line what the
/// journal keeps beside it. Lines go on whole or not at all.
class OutputLimit {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Bytes. A game that starts or changes its map writes some hundred lines at once.
    static constexpr double burst = 2 * 1024 * 1024;
    static constexpr double per_second = 16 * 1024;
    /// Of the journal, for a line: its fields, and their places in the index.
    static constexpr double line_cost = 512;
    /// Longer ones are cut in two. The engine's own are of 4 KiB at most.
    static constexpr std::size_t max_line = 4096;

    /// who: whose output it is, for what is told: "the game".
    OutputLimit(std::string who, Time now) : who_(std::move(who)), last_(now) {}

    /// Takes what was written; gives what goes on, whole lines, among them one of
    /// left4me's when it begins to leave lines out and one when it has left some out. A
    /// line ends as journald ends them: with a newline or a NUL.
    [[nodiscard]] std::string pass(std::string_view output, Time now);

    /// At the end: the line that has no end, and how many were left out.
    [[nodiscard]] std::string finish(Time now);

private:
    void refill(Time now);
    void pass_line(std::string& passed);
    void tell_left_out(std::string& passed);

    std::string who_;
    double room_ = burst;
    Time last_;
    std::string line_; ///< not whole yet
    bool leaves_out_ = false;
    std::size_t lines_left_out_ = 0;
    std::size_t bytes_left_out_ = 0;
};

} // namespace left4me
