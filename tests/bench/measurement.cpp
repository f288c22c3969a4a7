#include "measurement.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <format>
#include <random>
#include <spawn.h>
#include <sstream>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace left4me::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<char*> argv_of(const Words& command)
{
    std::vector<char*> argv;
    for (const auto& word : command)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    return argv;
}

void expect_success(const Words& command, int wait_status)
{
    if (!WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0)
        throw Failure(
            std::format("{} failed (wait status {:#x})", testing::PrintToString(command), wait_status));
}

pid_t spawn_quietly(const Words& command)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO})
        posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
    pid_t child = -1;
    const auto argv = argv_of(command);
    const int problem = posix_spawnp(&child, argv.front(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (problem != 0)
        throw Failure(std::format("cannot run {}", command.front()));
    return child;
}

/// "VmHWM" of a process, in KiB.
double high_water_mark(pid_t process)
{
    std::istringstream status(test::read_file(std::format("/proc/{}/status", process)));
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::stod(line.substr(line.find_first_of("0123456789")));
    throw Failure(std::format("process {} has no memory to look at", process));
}

[[noreturn]] void become_traced(const Words& command)
{
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    const auto argv = argv_of(command);
    execvp(argv.front(), argv.data());
    _exit(127);
}

double median_of(Samples samples)
{
    return spread_of(std::move(samples)).median;
}

} // namespace

double milliseconds_of(const Words& command)
{
    const auto begin = Clock::now();
    const pid_t child = spawn_quietly(command);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    const std::chrono::duration<double, std::milli> took = Clock::now() - begin;
    expect_success(command, status);
    return took.count();
}

double peak_memory_of(const Words& command)
{
    const pid_t child = fork();
    if (child == 0)
        become_traced(command);
    double peak = 0;
    int status = 0;
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        const int signal = WSTOPSIG(status);
        const bool at_exit = status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8);
        if (at_exit)
            peak = high_water_mark(child);
        else if (signal == SIGTRAP) // its execve
            ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACEEXIT);
        ptrace(PTRACE_CONT, child, nullptr, signal == SIGTRAP ? 0 : signal);
    }
    expect_success(command, status);
    return peak;
}

double memory_of_unit(const std::string& unit)
{
    const auto group = test::unit_property(unit, "ControlGroup");
    double kib = 0;
    for (const auto* root : {"/sys/fs/cgroup/systemd", "/sys/fs/cgroup"}) // the first: of a hybrid host
        for (const auto& pid : test::lines_of(test::read_file(root + group + "/cgroup.procs"))) {
            std::istringstream memory(test::read_file(std::format("/proc/{}/smaps_rollup", pid)));
            for (std::string line; std::getline(memory, line);)
                if (line.starts_with("Pss:"))
                    kib += std::stod(line.substr(line.find_first_of("0123456789")));
        }
    if (kib == 0)
        throw Failure(unit + " does not run");
    constexpr double kib_per_mib = 1024;
    return kib / kib_per_mib;
}

Spread spread_of(Samples samples)
{
    if (samples.empty())
        throw Failure("nothing was measured");
    std::ranges::sort(samples);
    const auto at = [&](double part) {
        const double place = part * static_cast<double>(samples.size() - 1);
        const auto below = static_cast<std::size_t>(place);
        const auto above = std::min(below + 1, samples.size() - 1);
        const double beyond = place - static_cast<double>(below);
        return samples[below] + beyond * (samples[above] - samples[below]);
    };
    return {at(0.25), at(0.5), at(0.75)};
}

Pairs measure_in_turn(std::size_t pairs, const std::function<double()>& ours,
                      const std::function<double()>& theirs)
{
    Pairs measured;
    ours(); // so that all that is read is in memory
    theirs();
    for (std::size_t i = 0; i < pairs; ++i) {
        if (i % 2 == 0)
            measured.ours.push_back(ours());
        measured.theirs.push_back(theirs());
        if (i % 2 == 1)
            measured.ours.push_back(ours());
    }
    return measured;
}

Ratio ratio_of(const Pairs& pairs)
{
    // Bootstrap: the same from as many pairs, drawn from them again and again.
    constexpr int draws = 2000;
    std::mt19937 random(1); // NOLINT: the same figures from the same samples
    std::uniform_int_distribution<std::size_t> any(0, pairs.ours.size() - 1);
    Samples ratios;
    for (int draw = 0; draw < draws; ++draw) {
        Pairs drawn;
        for (std::size_t i = 0; i < pairs.ours.size(); ++i) {
            const auto index = any(random);
            drawn.ours.push_back(pairs.ours[index]);
            drawn.theirs.push_back(pairs.theirs[index]);
        }
        ratios.push_back(median_of(std::move(drawn.ours)) / median_of(std::move(drawn.theirs)));
    }
    std::ranges::sort(ratios);
    constexpr std::size_t tail = draws / 40;
    return {ratios[tail], median_of(pairs.ours) / median_of(pairs.theirs), ratios[draws - tail - 1]};
}

} // namespace left4me::bench
