#include "system/interruption.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace left4me {
namespace {

constexpr std::array signals = {SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t signal_came = 0; // NOLINT: a handler can reach nothing else

void note_signal(int /*number*/)
{
    signal_came = 1;
}

} // namespace

void catch_interruptions()
{
    struct sigaction action = {};
    action.sa_handler = note_signal; // no SA_RESTART: waits must end
    for (const int number : signals)
        sigaction(number, &action, nullptr);
}

bool interrupted() noexcept
{
    return signal_came != 0;
}

void forget_interruptions() noexcept
{
    signal_came = 0;
}

int poll_or_interruption(std::span<pollfd> watched, int timeout_ms)
{
    sigset_t held;
    sigset_t before;
    sigemptyset(&held);
    for (const int number : signals)
        sigaddset(&held, number);
    sigprocmask(SIG_BLOCK, &held, &before);
    const timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1'000'000L};
    int ready = -1;
    int problem = EINTR;
    if (!interrupted()) {
        ready = ppoll(watched.data(), watched.size(), timeout_ms < 0 ? nullptr : &timeout, &before);
        problem = errno;
    }
    sigprocmask(SIG_SETMASK, &before, nullptr);
    errno = problem;
    return ready;
}

Result<void> check_interruption()
{
    if (interrupted())
        return fail(ExitStatus::cancelled, "cancelled");
    return {};
}

} // namespace left4me
