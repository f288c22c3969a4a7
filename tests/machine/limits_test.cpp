// The limits and weights of servers and slices, by what the kernel does about them:
// a container has these controllers on few machines.

#include "support.hpp"

#include <algorithm>
#include <cstdio>
#include <format>
#include <gmock/gmock.h>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <utility>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int game_failed = 71; // what l4d2ctl start says of a game that ended at once
const std::string cgroups = "/sys/fs/cgroup/";
const std::string games = "l4d2.slice/l4d2-game.slice/";
const std::string builds = "l4d2.slice/l4d2-build.slice/";

/// One number of a cgroup's file, or of its line that begins with a key.
std::uint64_t number_in(const std::string& cgroup, const std::string& file, const std::string& key = "")
{
    std::istringstream lines(read_file(cgroups + cgroup + "/" + file));
    for (std::string line; std::getline(lines, line);)
        if (key.empty() || line.starts_with(key + " "))
            return std::stoull(line.substr(key.empty() ? 0 : key.size() + 1));
    ADD_FAILURE() << "no " << key << " in " << file << " of " << cgroup;
    return 0;
}

/// CPU time of each cgroup in the same few seconds, in CPUs.
std::vector<double> cpus_used(const std::vector<std::string>& cgroup_names)
{
    constexpr auto period = std::chrono::seconds(6);
    std::vector<double> used;
    for (const auto& cgroup : cgroup_names)
        used.push_back(-static_cast<double>(number_in(cgroup, "cpu.stat", "usage_usec")));
    std::this_thread::sleep_for(period);
    for (std::size_t i = 0; i < cgroup_names.size(); ++i) {
        used[i] += static_cast<double>(number_in(cgroup_names[i], "cpu.stat", "usage_usec"));
        used[i] /= std::chrono::microseconds(period).count();
    }
    return used;
}

// --- one server ------------------------------------------------------------------

/// A server that is about to run something else than its game, and a peer of all
/// of these tests that must not notice.
struct MachineLimits : ServerTest {
    static void SetUpTestSuite()
    {
        ASSERT_EQ(l4d2ctl({"initialize", peer, "-f", "-"}, std::format("port: {}\n", peer_port)).status,
                  0);
        ASSERT_EQ(l4d2ctl({"start", "--no-wait", peer}).status, 0);
    }

    static void TearDownTestSuite() { EXPECT_EQ(l4d2ctl({"delete", peer}).status, 0); }

    void SetUp() override
    {
        ASSERT_TRUE(game_answers(peer_port));
        peer_pid_ = unit_property(peer_unit, "MainPID");
        initialize(spec());
    }

    void TearDown() override
    {
        EXPECT_TRUE(game_answers(peer_port));
        EXPECT_EQ(unit_property(peer_unit, "MainPID"), peer_pid_);
    }

    /// The real unit but for its command and what is given. It is not asked to stop:
    /// as PID 1 of its namespace it would not even hear that.
    void start_instead(const std::string& command, const std::string& settings = "")
    {
        drop_in("50-instead", std::format("ExecStart=\nExecStart={}\nKillSignal=SIGKILL\nRestart=no\n{}",
                                          command, settings));
        // How soon it is over its memory is the machine's business.
        const auto started = l4d2ctl({"start", "--no-wait", name});
        ASSERT_THAT(started.status, AnyOf(0, game_failed)) << started.err;
    }

    [[nodiscard]] std::string cgroup() const { return games + server_unit(); }

    static constexpr const char* peer = "peer";
    static constexpr const char* peer_unit = "left4me-server@peer.service";
    static constexpr std::uint16_t peer_port = 27820;

private:
    std::string peer_pid_;
};

constexpr auto patience = std::chrono::seconds(50);
const std::string memory_bomb = "/usr/bin/tail /dev/zero"; // it looks for the end of a line

TEST_F(MachineLimits, TheKernelHasThoseOfTheUnit)
{
    start();
    for (const auto& [file, limit] : {std::pair("memory.high", 1536ULL << 20U),
                                      {"memory.max", 2048ULL << 20U},
                                      {"memory.swap.max", 512ULL << 20U},
                                      {"pids.max", 256ULL}})
        EXPECT_EQ(number_in(cgroup(), file), limit) << file;
}

/// Over the lower limit it is slowed down, so much that it hardly comes to the other.
TEST_F(MachineLimits, AServerThatWantsAllMemoryIsHeldBack)
{
    constexpr std::uint64_t high = 128U << 20U;
    start_instead(memory_bomb, std::format("MemoryHigh={}\n", high));
    ASSERT_TRUE(
        eventually([&] { return number_in(cgroup(), "memory.events", "high") > 100; }, patience));
    EXPECT_LE(number_in(cgroup(), "memory.peak"), 2 * high);
}

TEST_F(MachineLimits, AServerOverItsMemoryIsKilledAndNoOther)
{
    start_instead(memory_bomb, "MemoryHigh=infinity\nMemoryMax=128M\n");
    ASSERT_TRUE(
        eventually([&] { return unit_property(server_unit(), "ActiveState") == "failed"; }, patience));
    EXPECT_EQ(unit_property(server_unit(), "Result"), "oom-kill");
}

/// Each task waits for a line that never comes. When there can be no more of them,
/// bash tries again for a while.
TEST_F(MachineLimits, AServerThatForksWithoutEndIsHeldAtItsTasks)
{
    start_instead("/bin/bash -c 'exec 3<> <(:); while true; do read -u 3 & done'");
    ASSERT_TRUE(eventually([&] { return number_in(cgroup(), "pids.events", "max") > 0; }, patience));
    EXPECT_EQ(number_in(cgroup(), "pids.peak"), 256U);
}

TEST_F(MachineLimits, AQuotaOfCpuHolds)
{
    const std::string spin = "/bin/sh -c 'while :; do :; done'";
    start_instead(spin, "CPUQuota=25%\n");
    EXPECT_NEAR(cpus_used({cgroup()}).front(), 0.25, 0.05);
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    start_instead(spin);
    EXPECT_GT(cpus_used({cgroup()}).front(), 0.5);
}

// --- crashes ---------------------------------------------------------------------

/// As systemd-coredump is, if it is installed: a program that the kernel starts for each.
class CrashHandler {
public:
    CrashHandler() { write("|/usr/bin/touch " + trace); }
    ~CrashHandler()
    {
        write(before_);
        remove_all(trace);
    }
    CrashHandler(const CrashHandler&) = delete;
    CrashHandler& operator=(const CrashHandler&) = delete;

    [[nodiscard]] static bool was_started() { return exists(trace); }

private:
    static void write(const std::string& pattern) { write_file(setting, pattern); }

    static inline const std::string setting = "/proc/sys/kernel/core_pattern";
    static inline const std::string trace = "/run/crash-handler-was-started";
    std::string before_ = read_file(setting);
};

/// A process of the server's dies, and the server goes on.
const std::string crash =
    "/bin/bash -c '(kill -SEGV $$BASHPID); echo \"it died of $$?\"; exec sleep infinity'";

TEST_F(MachineLimits, ACrashStartsNoHandlerOfTheHosts)
{
    const CrashHandler handler;
    const auto died = [&] { return l4d2ctl({"logs", name}).out.contains("it died of 139"); };
    start_instead(crash);
    ASSERT_TRUE(eventually(died, patience));
    EXPECT_FALSE(CrashHandler::was_started());
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);

    start_instead(crash, "LimitCORE=0\n");
    EXPECT_TRUE(eventually([] { return CrashHandler::was_started(); }, patience));
}

/// S47. What the kernel says of them it says of itself, at a rate of its own.
TEST_F(MachineLimits, CrashesAndRefusedCallsHardlyReachTheJournal)
{
    const auto cursor = output({"journalctl", "--quiet", "-n0", "--show-cursor"}).substr(11);
    start_instead("/bin/bash -c 'for i in {1..300}; do (kill -SEGV $$BASHPID); chroot / true; done "
                  "2>/dev/null; echo enough; exec sleep infinity'");
    ASSERT_TRUE(eventually([&] { return l4d2ctl({"logs", name}).out.contains("enough"); }, patience));
    output({"journalctl", "--sync"});
    const auto said =
        output({"journalctl", "--quiet", "-o", "cat", "--after-cursor=" + cursor, "_TRANSPORT=kernel",
                "_TRANSPORT=audit"}); // the latter where journald asks the kernel for it
    EXPECT_THAT(said, AllOf(HasSubstr("comm=\"chroot\""), HasSubstr("callbacks suppressed")));
    EXPECT_LT(std::ranges::count(said, '\n'), 150) << said;
}

// --- shares under contention -----------------------------------------------------

/// Busy loops in a slice, as many as there are CPUs.
class Load {
public:
    explicit Load(const std::string& slice)
    {
        for (unsigned cpu = 0; cpu < std::thread::hardware_concurrency(); ++cpu) {
            units_.push_back(std::format("left4me-load-{}-{}.service", slice, cpu));
            EXPECT_EQ(run({"systemd-run", "-q", "--collect", "--slice=" + slice,
                           "--unit=" + units_.back(), "sh", "-c", "while :; do :; done"})
                          .status,
                      0);
        }
    }
    ~Load()
    {
        for (const auto& unit : units_)
            run({"systemctl", "stop", unit});
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;

private:
    std::vector<std::string> units_;
};

struct Contest {
    const char* favoured;
    const char* favoured_cgroup;
    const char* other;
    const char* other_cgroup;
    double share; ///< of the favoured one, by the weights
};

void PrintTo(const Contest& contest, std::ostream* out)
{
    *out << contest.favoured << " and " << contest.other;
}

struct MachineWeights : testing::TestWithParam<Contest> {};

TEST_P(MachineWeights, TheSharesAreAsTheWeights)
{
    const auto& contest = GetParam();
    const Load favoured(contest.favoured);
    const Load other(contest.other);
    const auto used = cpus_used({contest.favoured_cgroup, contest.other_cgroup});
    const auto share = used[0] / (used[0] + used[1]);
    std::printf("%s gets %.1f %% against %s; by the weights %.1f %%\n", contest.favoured, share * 100,
                contest.other, contest.share * 100);
    EXPECT_NEAR(share, contest.share, 0.08);
    EXPECT_GT(used[0] + used[1], 1.0) << "no contention";
}

INSTANTIATE_TEST_SUITE_P(
    Slices, MachineWeights,
    testing::Values(Contest{"l4d2-game.slice", "l4d2.slice/l4d2-game.slice", "l4d2-build.slice",
                            "l4d2.slice/l4d2-build.slice", 1000.0 / 1010},
                    Contest{"l4d2-game.slice", "l4d2.slice", "system.slice", "system.slice",
                            1000.0 / 1100}),
    [](const auto& row) { return row.param.share > 0.95 ? "GamesAndBuilds" : "GamesAndTheHost"; });

TEST(MachineWeights, ABuildHasTheMachineWhenNoGameWantsIt)
{
    const Load build("l4d2-build.slice");
    EXPECT_GT(cpus_used({"l4d2.slice/l4d2-build.slice"}).front(), 1.0);
}

/// Build scripts that want all they can get, in their sandboxes, until the end of its life.
class BusyBuilds {
public:
    explicit BusyBuilds(std::size_t count)
    {
        for (std::size_t i = 0; i < count; ++i)
            callers_.emplace_back([i] {
                l4d2ctl({"overlay", "build", std::format("busy/{}", i), "-f", "-"},
                        "for i in 1 2 3; do while :; do :; done & done; wait\n");
            });
        const auto running = [] {
            return lines_of(run({"systemctl", "list-units", "--plain", "--no-legend", "--state=active",
                                 "left4me-build@*.service"})
                                .out)
                .size();
        };
        EXPECT_TRUE(eventually([&] { return running() == count; }, std::chrono::seconds(60)));
    }
    ~BusyBuilds() { run({"systemctl", "stop", "left4me-build@*.service"}); }
    BusyBuilds(const BusyBuilds&) = delete;
    BusyBuilds& operator=(const BusyBuilds&) = delete;

private:
    std::vector<std::jthread> callers_;
};

TEST(MachineBuilds, FourLeaveTheGamesTheirShare)
{
    const BusyBuilds builds(4);
    const Load games("l4d2-game.slice");
    const auto used = cpus_used({"l4d2.slice/l4d2-game.slice", "l4d2.slice/l4d2-build.slice"});
    const auto share = used[0] / (used[0] + used[1]);
    std::printf("games get %.1f %% against four builds; by the weights 99.0 %%\n", share * 100);
    EXPECT_NEAR(share, 0.99, 0.08);
    EXPECT_GT(used[0] + used[1], 1.0) << "no contention";
}

TEST(MachineBuilds, OneAloneHasWhatItsQuotaAllows)
{
    const std::string drop_in = "/run/systemd/system/left4me-build@.service.d/quota.conf";
    {
        const BusyBuilds build(1); // 200 %, and there are two CPUs
        EXPECT_GT(cpus_used({"l4d2.slice/l4d2-build.slice"}).front(), 1.0);
    }
    write_file(drop_in, "[Service]\nCPUQuota=50%\n");
    ASSERT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    {
        const BusyBuilds build(1);
        EXPECT_NEAR(cpus_used({"l4d2.slice/l4d2-build.slice"}).front(), 0.5, 0.15);
    }
    remove_all(drop_in);
    run({"systemctl", "daemon-reload"});
}

// --- what is the host's --------------------------------------------------------------

/// The services that are no part of left4me, with the process of each.
std::map<std::string, std::string> services_of_the_host()
{
    std::map<std::string, std::string> all;
    const auto units = output(
        {"systemctl", "list-units", "--type=service", "--state=running", "--plain", "--no-legend"});
    for (const auto& line : lines_of(units)) {
        const auto unit = line.substr(0, line.find(' '));
        if (unit_property(unit, "Slice") == "system.slice")
            all[unit] = unit_property(unit, "MainPID");
    }
    return all;
}

/// Eight servers and four builds that want all of it, and more than the machine has.
struct MachineMemory : testing::Test {
    MachineMemory()
    {
        EXPECT_EQ(run({"systemd-run", "-q", "--unit=" + neighbour, "sh", "-c",
                       holding(256) + " | sleep infinity"})
                      .status,
                  0);
        write_file(drop_in,
                   std::format("[Service]\nExecStart=\nExecStart=/bin/sh -c '{} | sleep "
                               "infinity'\nMemoryHigh=infinity\nRestart=no\nKillSignal=SIGKILL\n",
                               holding(1900)));
        EXPECT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
    }
    ~MachineMemory() override
    {
        run({"systemctl", "stop", "left4me-build@*.service", neighbour});
        for (const auto& server : servers())
            EXPECT_EQ(l4d2ctl({"delete", server}).status, 0);
        remove_all(drop_in);
        run({"systemctl", "daemon-reload"});
    }

    /// It looks for the end of a line, and then for a reader.
    static std::string holding(int mebibytes)
    {
        return std::format("head -c {}M /dev/zero | tail", mebibytes);
    }

    static std::vector<std::string> servers()
    {
        std::vector<std::string> names;
        for (int i = 0; i < 8; ++i)
            names.push_back(std::format("greedy{}", i));
        return names;
    }

    const std::string neighbour = "host-neighbour.service";
    const std::string drop_in = "/run/systemd/system/left4me-server@.service.d/50-greedy.conf";
};

/// An emulated machine takes minutes for each step, and one that says nothing counts as hung.
TEST_F(MachineMemory, OfTheHostsServicesIsNobodysElse)
{
    constexpr auto long_patience = std::chrono::minutes(4);
    const auto tell = [](const std::string& step) { std::cout << step << std::endl; };
    ASSERT_TRUE(eventually(
        [&] { return number_in("system.slice/" + neighbour, "memory.current") >= 256U << 20U; },
        long_patience));
    output({"systemctl", "start", "left4me-nftables.service"}); // the first server would
    const auto before = services_of_the_host();
    ASSERT_TRUE(before.contains(neighbour));
    int port = 27830;
    for (const auto& server : servers()) {
        ASSERT_EQ(l4d2ctl({"initialize", server, "-f", "-"}, std::format("port: {}\n", port++)).status,
                  0);
        (void)l4d2ctl({"start", "--no-wait", server}); // its game is none
        tell(server + " takes memory");
    }
    std::vector<std::jthread> builds;
    for (int i = 0; i < 4; ++i)
        builds.emplace_back([i] {
            l4d2ctl({"overlay", "build", std::format("greedy/{}", i), "-f", "-"}, "tail /dev/zero\n");
        });
    std::uint64_t ended = 0;
    EXPECT_TRUE(eventually(
        [&] {
            const auto now = number_in("l4d2.slice", "memory.events", "oom_kill");
            if (now != std::exchange(ended, now))
                tell(std::format("processes that the kernel has ended: {}", now));
            return now > 4;
        },
        long_patience));
    builds.clear(); // each has ended
    EXPECT_EQ(services_of_the_host(), before);
    EXPECT_EQ(number_in("system.slice", "memory.events", "oom_kill"), 0U);
}

/// Its sandbox has to let sudo through, by a kernel that has every part of it.
TEST(MachineBuilds, TheDailyUnitRunsScripts)
{
    ASSERT_EQ(l4d2ctl({"overlay", "build", "daily", "-f", "-", "--daily"}, "date +%N >now\n").status, 0);
    const auto done = run({"systemctl", "start", "left4me-layers-refresh.service"});
    EXPECT_EQ(done.status, 0) << output(
        {"journalctl", "-o", "cat", "-n", "30", "--no-pager", "-u", "left4me-layers-refresh.service"});
    EXPECT_THAT(l4d2ctl({"overlay", "show", "daily", "--json"}).out, HasSubstr("\"version\": 2"));
    EXPECT_EQ(l4d2ctl({"overlay", "delete", "daily"}).status, 0);
}

} // namespace
} // namespace left4me::test
