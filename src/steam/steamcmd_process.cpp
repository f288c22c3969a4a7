#include "steam/steamcmd_process.hpp"

#include "host/steamcmd_start.hpp"
#include "system/format.hpp"
#include "system/pseudo_terminal.hpp"

#include <cerrno>
#include <csignal>
#include <fstream>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

constexpr int pause_ms = 20;

/// What it says, to read, and the end that it says it to.
Result<Pipe> make_stage(HelperDoor door)
{
    // The broker takes pipes alone: the helper makes a terminal itself, on which nobody answers.
    if (door == HelperDoor::broker)
        return make_pipe();
    return make_pseudo_terminal().transform([](PseudoTerminal terminal) {
        return Pipe{std::move(terminal.ours), std::move(terminal.theirs)};
    });
}

/// Those that left its process group are this program's children by now.
void kill_the_rest()
{
    constexpr int rounds = 100; // each may have left more
    for (int round = 0; round < rounds; ++round) {
        std::ifstream list(formatted("/proc/self/task/{}/children", getpid()));
        bool any = false;
        for (pid_t pid = 0; list >> pid; any = true) {
            kill(pid, SIGKILL);
            waitpid(pid, nullptr, 0);
        }
        if (!any)
            return;
    }
}

} // namespace

SteamcmdProcess::SteamcmdProcess(pid_t child, FileDescriptor terminal)
    : child_(child), terminal_(std::move(terminal))
{
}

SteamcmdProcess::SteamcmdProcess(RunningHelper helper, FileDescriptor input, FileDescriptor terminal)
    : child_(-1), terminal_(std::move(terminal)), helper_(std::move(helper)), input_(std::move(input))
{
}

SteamcmdProcess::SteamcmdProcess(SteamcmdProcess&& other) noexcept
    : child_(std::exchange(other.child_, -1)), terminal_(std::move(other.terminal_)),
      helper_(std::exchange(other.helper_, std::nullopt)), input_(std::move(other.input_))
{
}

SteamcmdProcess::~SteamcmdProcess()
{
    // Its own way to end: it writes down how far it came.
    if (child_ >= 0 || helper_)
        end(std::chrono::seconds(5), SIGINT);
}

Result<SteamcmdProcess> SteamcmdProcess::start(const Host& host, const SteamcmdOrder& order)
{
    return order.place == SteamcmdPlace::unit ? start_in_unit(order.run) : start_here(host, order);
}

Result<SteamcmdProcess> SteamcmdProcess::start_in_unit(const SteamcmdRun& run)
{
    const auto door = helper_door();
    auto input = make_pipe();
    if (!input)
        return std::unexpected(input.error());
    auto stage = make_stage(door);
    if (!stage)
        return std::unexpected(stage.error());
    // While we hold both ends of it, so that nothing waits and nobody is gone.
    if (auto written = write_all(input->write_end, "what steamcmd is to do", format_steamcmd_run(run));
        !written)
        return std::unexpected(written.error());
    HelperStandards standards = {input->read_end.get(), stage->write_end.get(), -1};
    if (door == HelperDoor::broker)
        standards.errors = standards.output;
    return RunningHelper::start(door, {"left4me-systemctl", {"fetch"}}, standards)
        .transform([&](RunningHelper helper) {
            return SteamcmdProcess(std::move(helper), std::move(input->write_end),
                                   std::move(stage->read_end));
        });
}

Result<SteamcmdProcess> SteamcmdProcess::start_here(const Host& host, const SteamcmdOrder& order)
{
    auto terminal = make_pseudo_terminal();
    if (!terminal)
        return std::unexpected(terminal.error());
    // What its own start script leaves behind becomes ours to end.
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        return fail_errno("cannot become the reaper of steamcmd", errno);
    return start_steamcmd(host, order.program, order.run, terminal->theirs).transform([&](pid_t child) {
        return SteamcmdProcess(child, std::move(terminal->ours));
    });
}

int SteamcmdProcess::finish()
{
    return end(std::chrono::seconds(10), 0);
}

int SteamcmdProcess::end(Clock::duration patience, int signal_first)
{
    if (helper_)
        return end_unit(signal_first == 0 ? patience : Clock::duration::zero());
    return end_here(patience, signal_first);
}

/// The helper ends with the unit, and the unit once the helper is let go of.
int SteamcmdProcess::end_unit(Clock::duration patience)
{
    const auto deadline = Clock::now() + patience;
    auto helper = std::exchange(helper_, std::nullopt);
    while (true) {
        const auto status = helper->ended();
        if (!status)
            return static_cast<int>(ExitStatus::launch_failed);
        if (*status)
            return **status;
        if (Clock::now() >= deadline)
            input_.close();
        poll(nullptr, 0, pause_ms);
    }
}

int SteamcmdProcess::end_here(Clock::duration patience, int signal_first)
{
    const auto deadline = Clock::now() + patience;
    const pid_t child = std::exchange(child_, -1);
    if (signal_first != 0)
        kill(-child, signal_first);
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(child, &status, WNOHANG)) == 0 && Clock::now() < deadline)
        poll(nullptr, 0, pause_ms);
    kill(-child, SIGKILL); // whoever is left in its group
    while (ended == 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    kill_the_rest();
    return shell_status(status);
}

} // namespace left4me
