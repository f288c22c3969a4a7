#include "host/log_follower.hpp"

#include "system/child_process.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace left4me {
namespace {

constexpr std::size_t max_read = std::size_t{64} * 1024;
/// Of a line: the helper's own limit, escaped.
constexpr std::size_t max_line = std::size_t{4} * 64 * 1024;
constexpr std::size_t max_complaint = 4096;

/// What is there; closes it at its end.
std::string take_from(FileDescriptor& pipe)
{
    if (!pipe)
        return {};
    std::string text(max_read, '\0');
    const auto got = read(pipe.get(), text.data(), text.size());
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        pipe.close();
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

bool never_wait(const FileDescriptor& pipe)
{
    return fcntl(pipe.get(), F_SETFL, O_NONBLOCK) == 0;
}

std::vector<std::string> words_of(const InstanceName& name, const LogStart& from)
{
    const auto* lines = std::get_if<std::size_t>(&from);
    std::vector<std::string> words = {name.str(), "--lines", formatted("{}", lines ? *lines : 0),
                                      "--follow", "--cursors"};
    if (const auto* place = std::get_if<JournalCursor>(&from))
        words.insert(words.end(), {"--after", place->str()});
    return words;
}

} // namespace

Result<LogFollower> LogFollower::start(const InstanceName& name, const LogStart& from)
{
    auto input = make_pipe();
    auto output = make_pipe();
    auto errors = make_pipe();
    for (const auto* pipe : {&input, &output, &errors})
        if (!*pipe)
            return std::unexpected(pipe->error());
    if (!never_wait(output->read_end) || !never_wait(errors->read_end))
        return fail_errno("cannot follow a log", errno);
    // In a session of its own, or sudo and the helper would get what is typed at the terminal.
    return RunningHelper::start(
               helper_door(), {"left4me-journalctl", words_of(name, from)},
               {input->read_end.get(), output->write_end.get(), errors->write_end.get(), Session::own})
        .transform([&](RunningHelper helper) {
            return LogFollower(std::move(helper), std::move(input->write_end),
                               std::move(output->read_end), std::move(errors->read_end));
        });
}

std::array<pollfd, 2> LogFollower::watched() const
{
    return {{{output_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}}};
}

Result<std::vector<LogLine>> LogFollower::take()
{
    if (!output_)
        return std::vector<LogLine>();
    part_ += take_from(output_);
    complaint_ += take_from(errors_);
    complaint_.resize(std::min(complaint_.size(), max_complaint));
    auto lines = take_log_lines(part_);
    if (!lines || part_.size() > max_line)
        output_.close();
    if (output_)
        return lines;
    errors_.close();
    input_.close();
    while (complaint_.ends_with('\n'))
        complaint_.pop_back();
    return fail(why_ended(), complaint_.empty()
                                 ? "its log is not followed any more"
                                 : formatted("its log is not followed any more: {}", complaint_));
}

ExitStatus LogFollower::why_ended()
{
    // It has closed its output: its end is a moment away.
    constexpr int moment = 200;
    pollfd end = {helper_.descriptor(), POLLIN, 0};
    (void)poll(&end, 1, moment);
    const auto status = helper_.ended();
    const bool no_place = status && *status == static_cast<int>(ExitStatus::not_found);
    return no_place ? ExitStatus::not_found : ExitStatus::unavailable;
}

} // namespace left4me
