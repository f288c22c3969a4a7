#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace left4me {

/// When a game that has answered and does not any more counts as hung. Pure: it is told of each
/// question, by a clock that goes on while the host sleeps (CLOCK_BOOTTIME).
///
/// Silence counts only where nothing else explains it: not while the host is starved, not what
/// lies between two questions that are farther apart than they were meant to be (the watch was
/// away, or the host slept), and not while packets are dropped.
class HangJudge {
public:
    using Time = std::chrono::nanoseconds; ///< since the boot

    /// What else was seen at a question that had no answer.
    struct Circumstances {
        bool host_is_starved = false;
        bool packets_dropped = false; ///< since the question before
    };

    /// limit: how much silence is too much; 0: none is.
    explicit HangJudge(std::chrono::seconds limit) : limit_(limit) {}

    /// From here on silence counts: before its first answer a game loads.
    void answered();

    /// A question at asked went without an answer until now; the next one is to end within
    /// meant of now.
    void unanswered(Time asked, Time now, Time meant, Circumstances seen);

    [[nodiscard]] bool has_answered() const { return has_answered_; }

    /// Nothing but silence since the last answer.
    [[nodiscard]] bool is_silent() const { return unanswered_ > 0; }

    /// How long it was silent, as far as that counts.
    [[nodiscard]] Time silence() const { return silence_; }

    [[nodiscard]] bool is_hung() const;

private:
    std::chrono::seconds limit_;
    bool has_answered_ = false;
    unsigned unanswered_ = 0; ///< questions, since the last answer
    Time silence_{};
    std::optional<Time> expected_; ///< by then the question under way was to have ended
    Time counted_to_{};
};

} // namespace left4me
