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

} // namespace

Result<LogFollower> LogFollower::start(const InstanceName& name, std::size_t lines)
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
               helper_door(),
               {"left4me-journalctl", {name.str(), "--lines", formatted("{}", lines), "--follow"}},
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

Result<std::string> LogFollower::take()
{
    if (!output_)
        return std::string();
    part_ += times_.pass(take_from(output_));
    complaint_ += take_from(errors_);
    complaint_.resize(std::min(complaint_.size(), max_complaint));
    const auto end = part_.rfind('\n');
    std::string lines = part_.substr(0, end == std::string::npos ? 0 : end + 1);
    part_.erase(0, lines.size());
    if (part_.size() > max_line)
        output_.close();
    if (output_)
        return lines;
    errors_.close();
    input_.close();
    while (complaint_.ends_with('\n'))
        complaint_.pop_back();
    return fail(ExitStatus::unavailable,
                complaint_.empty() ? "its log is not followed any more"
                                   : formatted("its log is not followed any more: {}", complaint_));
}

} // namespace left4me
