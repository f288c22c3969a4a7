#include "root/output_stream.hpp"

#include "host/journal_limit.hpp"
#include "system/interruption.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <poll.h>
#include <span>
#include <unistd.h>

namespace left4me {
namespace {

using OutputClock = std::chrono::steady_clock;

} // namespace

OutputStream::OutputStream(FileDescriptor source, std::string who)
    : source_(std::move(source)), to_terminal_(isatty(STDOUT_FILENO) != 0),
      journal_limit_(limit_of_journal(STDOUT_FILENO, std::move(who)))
{
}

Result<Caller> OutputStream::carry_until(int descriptor, short events)
{
    while (descriptor >= 0 || !all_carried()) {
        std::array<pollfd, 4> watched = {{
            {descriptor, events, 0},
            {STDIN_FILENO, 0, 0},
            {STDOUT_FILENO, static_cast<short>(left_.empty() ? 0 : POLLOUT), 0},
            {left_.empty() ? source_.get() : -1, POLLIN, 0},
        }};
        if (poll_or_interruption(watched, -1) < 0 && errno != EINTR)
            return fail_errno("cannot wait", errno);
        constexpr short closed = POLLHUP | POLLERR;
        if (interrupted() || ((watched[1].revents | watched[2].revents) & closed) != 0)
            return Caller::gone;
        if ((watched[2].revents & POLLOUT) != 0 && !put())
            return Caller::gone;
        if (watched[3].revents != 0)
            get();
        if (watched[0].revents != 0)
            return Caller::present;
    }
    return Caller::present;
}

void OutputStream::get()
{
    const auto got = read(source_.get(), buffer_.data(), buffer_.size());
    if (got > 0) {
        const auto part = std::span(buffer_).first(static_cast<std::size_t>(got));
        if (to_terminal_)
            filter_(part);
        give({part.data(), part.size()});
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        source_.close(); // all who wrote are gone: of a terminal that is EIO
        if (journal_limit_)
            left_ = passed_ = journal_limit_->finish(OutputClock::now());
    }
}

void OutputStream::give(std::string_view part)
{
    left_ = journal_limit_ ? passed_ = journal_limit_->pass(part, OutputClock::now()) : part;
}

/// No more than a pipe that is ready takes without waiting: a caller who does not
/// read is watched, too.
bool OutputStream::put()
{
    const auto written =
        write(STDOUT_FILENO, left_.data(), std::min<std::size_t>(left_.size(), PIPE_BUF));
    if (written < 0)
        return errno == EINTR || errno == EAGAIN;
    left_.remove_prefix(static_cast<std::size_t>(written));
    return true;
}

} // namespace left4me
