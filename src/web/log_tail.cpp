#include "web/log_tail.hpp"

#include <algorithm>

namespace left4me::web {

void LogTail::add(std::vector<LogLine> lines)
{
    for (auto& line : lines) {
        bytes_ += line.text.size();
        lines_.push_back(std::move(line));
    }
    while (bytes_ > max_bytes) {
        bytes_ -= lines_.front().text.size();
        begin_ = std::move(lines_.front().place);
        lines_.pop_front();
    }
}

std::optional<LogTail::Rest> LogTail::behind(const std::optional<JournalCursor>& read) const
{
    auto first = lines_.begin();
    if (read) {
        // What has the same place, or an earlier one, was read.
        const auto last = std::find_if(lines_.rbegin(), lines_.rend(),
                                       [&](const auto& line) { return line.place <= *read; });
        first = last.base();
        if (first == lines_.begin() && !(begin_ && *begin_ <= *read))
            return std::nullopt;
    }
    Rest rest = {.text = {}, .end = read};
    for (; first != lines_.end(); ++first) {
        rest.text += first->text;
        rest.end = first->place;
    }
    return rest;
}

} // namespace left4me::web
