// A server whose host loses power in the middle of a verb. PowerCut prepares it, says
// when the verb begins and how long it takes, and never ends: whoever reads that ends
// the machine. AfterPowerCut comes first at the next boot of the same disk.

#include "support.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <thread>
#include <unistd.h>

namespace left4me::test {
namespace {

using testing::AnyOf;
using testing::ContainsRegex;
using testing::HasSubstr;

/// Its configuration has a number, the same in each of its files.
struct NumberedServer : ServerTest {
    NumberedServer() : ServerTest("cut", 27810) {}

    [[nodiscard]] Outcome initialize_as(int number) const
    {
        auto done = l4d2ctl({"initialize", name, "-f", "-"},
                            spec(std::format("arguments: ['+number', '{0}']\n"
                                             "config: ['rcon_password \"{1}\"', 'hostname \"{0}\"']\n",
                                             number, rcon_password)));
        EXPECT_EQ(done.status, 0) << done.err;
        return done;
    }

    /// As initialize left it; 0 where there is nothing.
    [[nodiscard]] int number() const
    {
        const std::string before = "hostname \"";
        const auto text = read_file(instance() + "/spec.yaml");
        const auto at = text.find(before);
        return at == std::string::npos ? 0 : std::atoi(text.c_str() + at + before.size());
    }

    [[nodiscard]] bool enabled() const
    {
        return run({"systemctl", "is-enabled", "--quiet", server_unit()}).status == 0;
    }

    const std::string saved = "left4dead2/saved.txt";
};

const std::string jobs = state + "/jobs";

Outcome start_job(int number)
{
    const auto request = std::format("overlay\ncreate\ncut/{}\n", number);
    return run({"/usr/libexec/left4me/left4me-systemctl", "job-start", "layers", std::to_string(number)},
               std::format("{}\n{}", request.size(), request));
}

/// The number of the last one that has a directory; 0: none.
int last_job()
{
    int last = 0;
    for (const auto& job : std::filesystem::directory_iterator(jobs))
        last = std::max(last, std::stoi(job.path().filename()));
    return last;
}

std::string result_of(int job)
{
    return read_file(std::format("{}/{}/result", jobs, job));
}

/// Until it has a result, which is on the disk by then.
void run_job(int number)
{
    ASSERT_EQ(start_job(number).status, 0);
    ASSERT_TRUE(eventually([&] { return !result_of(number).empty(); }, std::chrono::seconds(60)));
}

// --- after -----------------------------------------------------------------------

struct AfterPowerCut : NumberedServer {};

TEST_F(AfterPowerCut, TheHostHasBooted)
{
    EXPECT_EQ(run({"systemctl", "is-system-running", "--wait"}).out, "running\n")
        << run({"systemctl", "--failed", "--no-pager", "--plain"}).out;
}

TEST_F(AfterPowerCut, WhatWasInitializedIsWhole)
{
    const int is = number();
    const auto* said = std::getenv("INITIALIZED_AS"); // the last one before the cut
    if (said != nullptr)
        EXPECT_GE(is, std::atoi(said));
    EXPECT_THAT(read_file(instance() + "/spec.yaml"), HasSubstr(std::format("port: {}\n", port)));
    EXPECT_EQ(read_file(instance() + "/server.cfg"),
              std::format("rcon_password \"{}\"\nhostname \"{}\"\n", rcon_password, is));
    EXPECT_EQ(read_file(instance() + "/instance.conf"),
              std::format("L4D2_PORT={}\nL4D2_ARG=+number\nL4D2_ARG={}\nL4D2_LOWERDIR=installation\n",
                          port, is));
}

TEST_F(AfterPowerCut, ItRunsIfItIsEnabledAndHasNothingMountedIfNot)
{
    const auto json = status();
    EXPECT_EQ(json.at("active_state"), enabled() ? "active" : "inactive");
    EXPECT_EQ(mount_line(name).empty(), !enabled());
    if (!enabled())
        start();
    EXPECT_TRUE(game_is_ready());
    EXPECT_EQ(read_file(merged() + "/" + saved), "whole\n");
}

TEST_F(AfterPowerCut, EveryVerbWorksAndNothingIsLeftOver)
{
    const int next = number() + 1;
    (void)initialize_as(next);
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    start();
    ASSERT_TRUE(game_is_ready());
    EXPECT_THAT(read_file(merged() + "/left4dead2/cfg/server.cfg"),
                HasSubstr(std::format("hostname \"{}\"\n", next)));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_EQ(output({"ls", "-A", instance()}), "instance.conf\nserver.cfg\nspec.yaml");
    EXPECT_EQ(output({"ls", "-A", live()}), "instance.conf\nlayer");
    EXPECT_EQ(output({"find", state + "/instances", state + "/live", "-maxdepth", "1", "-name", ".*"}),
              "");
    EXPECT_EQ(output({"ls", "-A", runtime()}), "merged\nmounts\nupper\nwork");
    EXPECT_EQ(output({"ls", "-A", runtime() + "/work"}), "");
}

TEST_F(AfterPowerCut, EachJobHasAWholeResultOrNoneAndRunsOnce)
{
    const std::string whole = "^status=[0-9]+\nerror=[^\n]*\nbegan=[0-9TZ:-]+\nended=[0-9TZ:-]+\n$";
    const int last = last_job();
    for (const auto& job : std::filesystem::directory_iterator(jobs)) {
        const auto result = read_file(job.path() / "result");
        EXPECT_THAT(result, AnyOf("", ContainsRegex(whole))) << job.path();
    }
    if (const auto* done = std::getenv("DONE_JOB"); done != nullptr) {
        EXPECT_THAT(result_of(std::atoi(done)), HasSubstr("status=0\n"));
        EXPECT_TRUE(exists(std::format("{}/overlays/cut/{}", state, done)));
    }
    if (last > 0)
        EXPECT_EQ(start_job(last).status, 75);
    run_job(last + 1);
    EXPECT_THAT(result_of(last + 1), HasSubstr("status=0\n"));
}

// --- before ----------------------------------------------------------------------

struct PowerCut : NumberedServer {
    /// Running, with a file that the game wrote and the disk has.
    void SetUp() override
    {
        (void)initialize_as(number() + 1);
        start();
        ASSERT_TRUE(game_is_ready());
        (void)rcon("unlink " + saved);
        ASSERT_EQ(rcon("write " + saved + " whole"), "ok");
        sync();
    }

    static void expect_the_cut_at(const char* verb, std::chrono::milliseconds takes)
    {
        std::puts(std::format("power cut during {}, which takes {} ms", verb, takes.count()).c_str());
        std::fflush(stdout);
    }

    static void wait_for_it()
    {
        std::this_thread::sleep_for(std::chrono::minutes(2));
        FAIL() << "the machine still has power";
    }
};

TEST_F(PowerCut, Start)
{
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    const auto trial = l4d2ctl({"start", "--no-wait", name});
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    sync();
    expect_the_cut_at("start", trial.took);
    start();
    wait_for_it();
}

TEST_F(PowerCut, Stop)
{
    const auto trial = l4d2ctl({"stop", name});
    start();
    ASSERT_TRUE(game_is_ready());
    sync();
    expect_the_cut_at("stop", trial.took);
    EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
    wait_for_it();
}

/// Again and again, as one takes little time.
TEST_F(PowerCut, Initialize)
{
    constexpr int times = 10'000;
    int next = number() + 1;
    expect_the_cut_at("initialize", initialize_as(next).took);
    while (next < times) {
        (void)initialize_as(++next);
        std::puts(std::format("initialized as {}", next).c_str());
        std::fflush(stdout);
    }
}

/// One after the other, each of which makes a layer.
TEST_F(PowerCut, Job)
{
    constexpr int times = 10'000;
    int next = last_job();
    const auto begun = std::chrono::steady_clock::now();
    run_job(++next);
    const auto took = std::chrono::steady_clock::now() - begun;
    sync();
    expect_the_cut_at("job", std::chrono::duration_cast<std::chrono::milliseconds>(took));
    while (next < times) {
        run_job(++next);
        std::puts(std::format("done is job {}", next).c_str());
        std::fflush(stdout);
    }
}

} // namespace
} // namespace left4me::test
