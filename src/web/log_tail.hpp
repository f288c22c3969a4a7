#pragma once

#include "model/log_line.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace left4me::web {

/// The end of a log, of which several readers have each read so far.
class LogTail {
public:
    static constexpr std::size_t max_bytes = std::size_t{128} * 1024;

    /// What is added begins behind that place; with none, somewhere before the end.
    explicit LogTail(std::optional<JournalCursor> begin) : begin_(std::move(begin)) {}

    /// The next lines. Of all, the oldest go where they are more than max_bytes.
    void add(std::vector<LogLine> lines);

    struct Rest {
        std::string text;
        std::optional<JournalCursor> end; ///< how far it is read then
    };

    /// What stands behind a place that was read; behind none, everything. No Rest where lines
    /// between the two are not known here, or may not be.
    [[nodiscard]] std::optional<Rest> behind(const std::optional<JournalCursor>& read) const;

private:
    std::optional<JournalCursor> begin_;
    std::deque<LogLine> lines_;
    std::size_t bytes_ = 0;
};

} // namespace left4me::web
