#include "system/interruption.hpp"

#include <csignal>

namespace left4me {
namespace {

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
    for (const int number : {SIGINT, SIGTERM, SIGHUP})
        sigaction(number, &action, nullptr);
}

bool interrupted() noexcept
{
    return signal_came != 0;
}

Result<void> check_interruption()
{
    if (interrupted())
        return fail(ExitStatus::cancelled, "cancelled");
    return {};
}

} // namespace left4me
