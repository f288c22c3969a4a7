#pragma once

#include "model/journal_cursor.hpp"
#include "system/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A line of a server's log, and its place in the journal.
struct LogLine {
    JournalCursor place;
    std::string text; ///< with the time as this host has it, and the line's end
};

/// What left4me-journalctl writes with --cursors, "CURSOR TAB TIME TEXT" with its '\n'. bad_data
/// for anything else.
Result<LogLine> parse_log_line(std::string_view line);

/// All whole lines at the beginning of text, which go from it. Until the first that is none.
Result<std::vector<LogLine>> take_log_lines(std::string& text);

std::string text_of(const std::vector<LogLine>& lines);

} // namespace left4me
