#include "model/log_line.hpp"

#include "model/log_times.hpp"

namespace left4me {

Result<LogLine> parse_log_line(std::string_view line)
{
    const auto tab = line.find('\t');
    auto place = JournalCursor::parse(line.substr(0, tab));
    if (!place || tab == std::string_view::npos || !line.ends_with('\n'))
        return fail(ExitStatus::bad_data, "left4me-journalctl wrote a line without its place");
    return LogLine{std::move(*place), LocalLogTimes().pass(line.substr(tab + 1))};
}

Result<std::vector<LogLine>> take_log_lines(std::string& text)
{
    std::vector<LogLine> lines;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        auto line = parse_log_line(std::string_view(text).substr(begin, end + 1 - begin));
        if (!line)
            return std::unexpected(line.error());
        lines.push_back(std::move(*line));
        begin = end + 1;
    }
    text.erase(0, begin);
    return lines;
}

std::string text_of(const std::vector<LogLine>& lines)
{
    std::string text;
    for (const auto& line : lines)
        text += line.text;
    return text;
}

} // namespace left4me
