#include "sandbox/job_output.hpp"

#include "system/child_process.hpp"
#include "system/directory.hpp"
#include "system/quiet_thread.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace left4me {

Result<void> JobOutput::begin()
{
    auto pipe = make_pipe();
    if (!pipe)
        return std::unexpected(pipe.error());
    output_before_ = FileDescriptor(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    error_before_ = FileDescriptor(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    ended_ = FileDescriptor(eventfd(0, EFD_CLOEXEC));
    if (!output_before_ || !error_before_ || !ended_ ||
        fcntl(pipe->read_end.get(), F_SETFL, O_NONBLOCK) != 0 ||
        dup2(pipe->write_end.get(), STDOUT_FILENO) < 0 || dup2(pipe->write_end.get(), STDERR_FILENO) < 0)
        return fail_errno("cannot watch what the job says", errno);
    pipe_ = std::move(pipe->read_end);
    thread_ = start_quiet_thread([this] { carry(); });
    return {};
}

std::string JobOutput::end()
{
    if (!thread_.joinable())
        return log_.last_line();
    std::fflush(stdout);
    std::fflush(stderr);
    dup2(output_before_.get(), STDOUT_FILENO);
    dup2(error_before_.get(), STDERR_FILENO);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(ended_.get(), &one, sizeof one);
    thread_.join();
    return log_.last_line();
}

void JobOutput::carry()
{
    std::array<char, 16 * 1024> buffer = {};
    bool ended = false;
    while (true) {
        const auto got = read(pipe_.get(), buffer.data(), buffer.size());
        if (got > 0) {
            write_down(log_.pass({buffer.data(), static_cast<std::size_t>(got)}, time_of_day()));
            continue;
        }
        // All that was there before the end has been read by then.
        if (got == 0 || ended || (errno != EAGAIN && errno != EINTR))
            break;
        std::array<pollfd, 2> watched = {{{pipe_.get(), POLLIN, 0}, {ended_.get(), POLLIN, 0}}};
        poll(watched.data(), watched.size(), -1);
        ended = watched[1].revents != 0;
    }
    write_down(log_.finish(time_of_day()));
    (void)fsync(file_.get()); // a result on the disk has its log there
}

void JobOutput::write_down(std::string_view lines) const
{
    (void)write_all(file_, "the log", lines);
}

std::chrono::microseconds time_of_day()
{
    return std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
}

} // namespace left4me
