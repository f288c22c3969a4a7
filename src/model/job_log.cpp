#include "model/job_log.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <utility>

namespace left4me {

std::string JobLog::pass(std::string_view output, Time now)
{
    std::string shown(output);
    filter_(shown);
    std::string passed;
    for (const char c : shown) {
        const bool ends = c == '\n' || c == '\r';
        // A return before a newline, or one that only goes back, ends nothing.
        if (ends && line_.empty() && c == '\r')
            continue;
        if (line_.empty())
            begun_ = now;
        if (!ends)
            line_ += c;
        if (ends || line_.size() == max_line)
            end_line(passed);
    }
    return passed;
}

std::string JobLog::finish(Time now)
{
    return line_.empty() ? "" : pass("\n", now);
}

void JobLog::end_line(std::string& passed)
{
    last_ = std::exchange(line_, {});
    if (full_)
        return;
    const auto line = formatted("{} {}\n", rfc3339(begun_), last_);
    const auto end =
        formatted("{} left4me: the log ends here: it has all that is kept of one\n", rfc3339(begun_));
    full_ = size_ + line.size() + end.size() > max_size;
    passed += full_ ? end : line;
    size_ += line.size();
}

} // namespace left4me
