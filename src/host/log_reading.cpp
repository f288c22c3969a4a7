#include "host/log_reading.hpp"

#include "host/helper_answer.hpp"
#include "system/format.hpp"

#include <chrono>

namespace left4me {

Result<std::vector<LogLine>> read_log(const InstanceName& name, std::size_t lines)
{
    constexpr std::chrono::seconds patience{10};
    const auto answer =
        answer_of_helper({"left4me-journalctl",
                          {name.str(), "--lines", formatted("{}", lines), "--no-follow", "--cursors"}},
                         "", patience);
    if (!answer)
        return std::unexpected(answer.error());
    if (answer->status != 0)
        return fail(ExitStatus::unavailable,
                    answer->complaint.empty() ? "left4me-journalctl said no reason" : answer->complaint);
    std::string text = answer->output;
    return take_log_lines(text);
}

} // namespace left4me
