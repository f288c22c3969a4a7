#include "system/interruption.hpp"

#include "text_case.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me {
namespace {

/// In a process of its own, for a signal that came stays: the status of what it does.
int status_of_child(int (*act)())
{
    const pid_t child = fork();
    if (child == 0)
        _exit(act());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Interruption, EndsAWaitThatBeginsAfterTheSignal)
{
    EXPECT_EQ(status_of_child([] {
                  alarm(10); // ends a child that waits after all
                  catch_interruptions();
                  raise(SIGINT);
                  return poll_or_interruption({}, -1) < 0 && errno == EINTR && interrupted() ? 0 : 1;
              }),
              0);
}

TEST(Interruption, WaitsNoLongerThanItsTime)
{
    std::array<pollfd, 1> none = {{{-1, POLLIN, 0}}};
    EXPECT_EQ(poll_or_interruption(none, 1), 0);
}

} // namespace
} // namespace left4me
