// As many servers as a large host has, each one with its mount and its answer, and
// each no dearer than one of a few.

#include "emulation.hpp"
#include "support.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <format>
#include <fstream>
#include <gmock/gmock.h>
#include <iostream>
#include <sstream>
#include <sys/resource.h>
#include <unistd.h>

namespace left4me::test {
namespace {

namespace fs = std::filesystem;

constexpr int servers = 200;
constexpr int few = 10;
constexpr int at_boot = 50;
constexpr int first_port = 27750;

std::string name_of(int number)
{
    return std::format("scale-{}", number);
}
std::string unit_of(int number)
{
    return std::format("left4me-server@{}.service", name_of(number));
}

/// CPU time of systemd so far.
std::chrono::milliseconds systemd_time()
{
    const auto text = read_file("/proc/1/stat");
    std::istringstream words(text.substr(text.rfind(')') + 1));
    constexpr int before_utime = 11; // fields 3 to 13 of proc_pid_stat(5)
    std::string skipped;
    for (int field = 0; field < before_utime; ++field)
        words >> skipped;
    long user = 0;
    long system = 0;
    words >> user >> system;
    return std::chrono::milliseconds((user + system) * 1000 / sysconf(_SC_CLK_TCK));
}

/// CPU time of all commands that this program has run and waited for.
std::chrono::milliseconds commands_time()
{
    rusage usage = {};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto time = std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                      std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    return std::chrono::round<std::chrono::milliseconds>(time);
}

/// Memory in kB that is this server's alone.
long memory_of(int number)
{
    long sum = 0;
    std::istringstream pids(
        read_file("/sys/fs/cgroup/l4d2.slice/l4d2-game.slice/" + unit_of(number) + "/cgroup.procs"));
    for (std::string pid; pids >> pid;) {
        std::istringstream lines(read_file("/proc/" + pid + "/smaps_rollup"));
        for (std::string line; std::getline(lines, line);)
            if (line.starts_with("Private_"))
                sum += std::stol(line.substr(line.find(':') + 1));
    }
    return sum;
}

/// Runs l4d2ctl VERB for servers [begin, end); each must succeed. Returns the CPU
/// time that it took of the commands and of systemd: unlike the time on the clock
/// it hardly depends on what else the machine does.
std::chrono::milliseconds run_for(const std::string& verb, int begin, int end)
{
    const auto before = systemd_time() + commands_time();
    for (int number = begin; number < end; ++number) {
        Words words = {verb, name_of(number)};
        if (verb == "start")
            words.emplace_back("--no-wait");
        const auto done = l4d2ctl(words);
        EXPECT_EQ(done.status, 0) << done.err;
    }
    return systemd_time() + commands_time() - before;
}

/// CPU time that a server's processes have used.
std::chrono::microseconds time_of(int number)
{
    std::istringstream stat(
        read_file("/sys/fs/cgroup/l4d2.slice/l4d2-game.slice/" + unit_of(number) + "/cpu.stat"));
    std::string key;
    long value = 0;
    stat >> key >> value;
    EXPECT_EQ(key, "usage_usec");
    return std::chrono::microseconds(value);
}

/// CPU time of one server for some queries, the least of some rounds.
std::chrono::microseconds time_in_play(int number)
{
    constexpr int rounds = 5;
    constexpr int queries = 100;
    auto least = std::chrono::microseconds::max();
    for (int round = 0; round < rounds; ++round) {
        const auto before = time_of(number);
        for (int query = 0; query < queries; ++query)
            EXPECT_TRUE(game_answers(first_port + number)) << number;
        least = std::min(least, time_of(number) - before);
    }
    return least;
}

struct Cost {
    std::chrono::milliseconds start = std::chrono::hours(1); ///< of a few
    std::chrono::milliseconds stop = std::chrono::hours(1);  ///< of a few
    std::chrono::microseconds play = {};                     ///< of one
    long memory = 0;                                         ///< kB of one
};

/// Of the last few servers before that number, the least of some rounds; they run
/// afterwards.
Cost cost_of_few_at(int number)
{
    constexpr int rounds = 4;
    Cost cost;
    for (int round = 0; round < rounds; ++round) {
        if (round > 0)
            cost.stop = std::min(cost.stop, run_for("stop", number - few, number));
        cost.start = std::min(cost.start, run_for("start", number - few, number));
    }
    cost.play = time_in_play(number - 1);
    cost.memory = memory_of(number - 1);
    return cost;
}

void print_cost(const std::string& what, std::chrono::milliseconds at_few,
                std::chrono::milliseconds at_many)
{
    std::cout << std::format("{}: {} ms of CPU a server at {}, {} ms at {}\n", what,
                             at_few.count() / few, few, at_many.count() / few, servers);
}

struct Scale : testing::Test {
    static void SetUpTestSuite()
    {
        for (int number = 0; number < servers; ++number)
            ASSERT_EQ(l4d2ctl({"initialize", name_of(number), "-f", "-"},
                              std::format("port: {}\n", first_port + number))
                          .status,
                      0);
    }
    static void TearDownTestSuite()
    {
        for (int number = 0; number < servers; ++number)
            EXPECT_EQ(l4d2ctl({"delete", name_of(number)}).status, 0);
    }
};

TEST_F(Scale, TwoHundredServersServeAndEachCostsWhatOneOfTenCosts)
{
    constexpr double most_memory = 1.2;
    // The same work takes a quarter more of CPU time while other suites keep the caches busy.
    constexpr double most_play = 1.5;
    // systemd reads the host's table of mounts whenever it changes, and for each of
    // the places that it makes read-only in a unit: this much is not ours.
    constexpr double most_of_systemd = 1.5;
    const auto at_few = cost_of_few_at(few);
    run_for("start", few, servers - few);
    const auto at_many = cost_of_few_at(servers);
    for (int number = 0; number < servers; ++number)
        EXPECT_TRUE(game_answers(first_port + number)) << number;
    const auto table = nlohmann::json::parse(output({"l4d2ctl", "status", "--json"}));
    EXPECT_GE(table.size(), static_cast<std::size_t>(servers));
    run_for("stop", 0, servers);
    for (int number = 0; number < servers; ++number)
        EXPECT_EQ(mount_line(name_of(number)), "");
    print_cost("start", at_few.start, at_many.start);
    print_cost("stop", at_few.stop, at_many.stop);
    std::cout << std::format("play: {} of CPU at {}, {} at {}\n", at_few.play, few, at_many.play,
                             servers);
    std::cout << std::format("memory: {} kB a server at {}, {} kB at {}\n", at_few.memory, few,
                             at_many.memory, servers);
    EXPECT_LE((at_many.start + at_many.stop).count(),
              most_of_systemd * (at_few.start + at_few.stop).count());
    // Programs have their code in common; what qemu makes of it each has for itself, and no cache
    // holds it for two hundred.
    if (kernel_runs_32_bit())
        EXPECT_LE(at_many.play.count(), most_play * at_few.play.count());
    EXPECT_LE(at_many.memory, most_memory * at_few.memory);
}

TEST_F(Scale, EnabledServersComeUpInOrder)
{
    run_for("start", 0, at_boot);
    // What a shutdown does: they stop, and stay enabled; and what a boot begins with.
    ASSERT_EQ(run({"systemctl", "stop", "left4me-server@scale-*.service", "left4me-nftables.service",
                   "l4d2.slice"})
                  .status,
              0);
    for (int number = 0; number < at_boot; ++number)
        EXPECT_EQ(mount_line(name_of(number)), "");
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    ASSERT_EQ(run({"systemctl", "start", "multi-user.target"}).status, 0);
    const auto begun = [](const std::string& unit) {
        return std::stoll(unit_property(unit, "ActiveEnterTimestampMonotonic"));
    };
    const auto rules = begun("left4me-nftables.service");
    EXPECT_GT(rules, begun("l4d2-game.slice"));
    for (int number = 0; number < at_boot; ++number) {
        EXPECT_TRUE(game_answers(first_port + number)) << number;
        EXPECT_NE(mount_line(name_of(number)), "");
        EXPECT_GT(begun(unit_of(number)), rules);
        EXPECT_GT(begun(unit_of(number)),
                  begun(std::format("left4me-overlay@{}.service", name_of(number))));
    }
    run_for("stop", 0, at_boot);
}

} // namespace
} // namespace left4me::test
