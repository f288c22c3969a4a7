// Servers that answer, and those that hang: left4me-watch and left4me-hung@.

#include "script.hpp"
#include "support.hpp"

#include <csignal>
#include <filesystem>
#include <format>
#include <gmock/gmock.h>
#include <memory>
#include <thread>

namespace left4me::test {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr auto while_looking = seconds(30); // a question each five seconds, and room for a busy host
const std::string watch_unit = "left4me-watch.service";

struct Watch : ServerTest {
    [[nodiscard]] std::string record() const { return "/run/left4me/answers/" + name + ".json"; }

    /// Looks again and again, as somebody does who waits, until status says that.
    [[nodiscard]] bool answers_become(const std::string& word, std::chrono::milliseconds limit) const
    {
        return eventually(
            [&] {
                const auto now = status();
                return now["answers"].is_string() && now["answers"] == word;
            },
            limit);
    }
    [[nodiscard]] bool answers_become(const std::string& word) const
    {
        return answers_become(word, while_looking);
    }

    static std::string watch_pid() { return unit_property(watch_unit, "MainPID"); }
};

TEST_F(Watch, TellsWhatAGamePlays)
{
    start_with();
    ASSERT_TRUE(answers_become("answers"));
    const auto told = status();
    EXPECT_EQ(told["answer"]["map"], "c1m1_hotel");
    EXPECT_EQ(told["answer"]["players"], 0);
    EXPECT_TRUE(told["answers_since"].is_string());
    EXPECT_TRUE(told["answered"].is_string());
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", record()}), "left4me:left4me 644");
    const auto table = l4d2ctl({"status"});
    EXPECT_EQ(table.err, "");
    EXPECT_THAT(table.out, AllOf(HasSubstr("ANSWERS"), HasSubstr("c1m1_hotel")));
    for (const auto& line : lines_of(table.out))
        EXPECT_LE(line.size(), 80U) << line;

    // A server that is down answers nothing, and another process of its unit is another run.
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    EXPECT_TRUE(eventually([&] { return !exists(record()); }));
    EXPECT_EQ(status()["answers"], nullptr);
    start();
    EXPECT_TRUE(answers_become("answers"));
    const auto before = pid();
    (void)rcon("crash");
    ASSERT_TRUE(eventually([&] { return pid() != "0" && pid() != before; }, seconds(30)));
    EXPECT_TRUE(answers_become("answers"));
}

/// One that systemd had in its memory when the watch came, and one that it had not.
TEST_F(Watch, FindsWhatRanBeforeIt)
{
    start_with();
    output({"systemctl", "restart", watch_unit});
    EXPECT_TRUE(answers_become("answers"));
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    output({"systemctl", "restart", watch_unit});
    start();
    EXPECT_TRUE(answers_become("answers"));
}

TEST_F(Watch, AsksNobodyThatIsNotToBeAsked)
{
    start_with("query: none\n");
    EXPECT_TRUE(answers_become("unasked"));
    EXPECT_EQ(read_file("/run/left4me/watch/" + name),
              std::format("PORT={}\nQUERY=none\nHANG_AFTER=90\n", port));
}

TEST_F(Watch, ItsRecordsGoWithIt)
{
    start_with();
    ASSERT_TRUE(answers_become("answers"));
    output({"systemctl", "stop", watch_unit});
    EXPECT_FALSE(exists("/run/left4me/answers"));
    const auto told = l4d2ctl({"status"});
    EXPECT_EQ(told.status, 0);
    EXPECT_THAT(told.err, HasSubstr("systemctl start left4me-watch"));
    output({"systemctl", "start", watch_unit});
    EXPECT_TRUE(answers_become("answers"));
}

TEST_F(Watch, ComesBackWhenItIsKilled)
{
    start_with();
    const auto before = watch_pid();
    output({"systemctl", "kill", "--signal=KILL", watch_unit});
    ASSERT_TRUE(eventually([&] { return watch_pid() != "0" && watch_pid() != before; }, seconds(30)));
    EXPECT_TRUE(answers_become("answers"));
    EXPECT_NE(pid(), "0") << "the game is nobody's that is killed";
}

TEST_F(Watch, IsEndedWhenItHangsItself)
{
    write_file("/run/systemd/system/" + watch_unit + ".d/50-fast.conf", "[Service]\nWatchdogSec=2s\n");
    output({"systemctl", "daemon-reload"});
    output({"systemctl", "restart", watch_unit});
    const auto before = watch_pid();
    output({"systemctl", "kill", "--signal=STOP", watch_unit});
    EXPECT_TRUE(eventually([&] { return watch_pid() != "0" && watch_pid() != before; }, seconds(60)));
    remove_all("/run/systemd/system/" + watch_unit + ".d");
    output({"systemctl", "daemon-reload"});
    output({"systemctl", "restart", watch_unit});
}

TEST_F(Watch, SeesNothingButItsOwn)
{
    start_with();
    const auto root = std::format("/proc/{}/root", watch_pid());
    const auto entries = [&](const std::string& path) {
        Words found;
        for (const auto& entry : std::filesystem::directory_iterator(root + path))
            found.push_back(entry.path().filename());
        return found;
    };
    EXPECT_THAT(entries("/var/lib/left4me"), UnorderedElementsAre("history", "waiting"));
    EXPECT_THAT(entries("/run/left4me"), UnorderedElementsAre("answers", "broker", "watch"));
    EXPECT_THAT(entries("/run/systemd"), Not(testing::Contains("journal")));
    EXPECT_FALSE(std::filesystem::exists(root + "/etc/left4me"));
    EXPECT_FALSE(std::filesystem::exists(root + "/etc/shadow"));
    EXPECT_THAT(read_file(std::format("/proc/{}/status", watch_pid())),
                HasSubstr(std::format("Uid:\t{0}\t{0}", output({"id", "-u", "left4me"}))));
}

TEST_F(Watch, KeepsAHistoryThatGoesWithItsServer)
{
    start_with();
    const auto history = state + "/history/" + name;
    ASSERT_TRUE(eventually([&] { return exists(history); }, seconds(90))) << "a sample a minute";
    EXPECT_LT(std::filesystem::file_size(history), 1024UL * 1024);
    write_file(history, "damaged");
    ASSERT_TRUE(eventually([&] { return exists(history + ".damaged"); }, seconds(90)));
    EXPECT_THAT(run({"journalctl", "--unit=" + watch_unit, "--output=cat"}).out,
                HasSubstr(std::format("the history of {} was damaged", name)));
    ASSERT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_FALSE(exists(history));
    EXPECT_FALSE(exists(history + ".damaged"));
}

// --- hung servers --------------------------------------------------------------------------

struct Hung : Watch {
    void start_hangable()
    {
        start_with("hang_after: 10\n");
        ASSERT_TRUE(answers_become("answers"));
    }

    /// Somebody looks all the while, so that the silence is seen early.
    [[nodiscard]] bool comes_back_from(const std::string& before) const
    {
        return eventually(
            [&] {
                (void)l4d2ctl({"status"});
                return pid() != "0" && pid() != before;
            },
            seconds(120));
    }

    [[nodiscard]] Words seen() const
    {
        Words found;
        for (const auto& entry : std::filesystem::directory_iterator(state + "/hung"))
            if (const std::string file = entry.path().filename();
                file.starts_with(name + ".") && !file.ends_with(".times"))
                found.push_back(entry.path());
        return found;
    }

    [[nodiscard]] std::string log() const { return l4d2ctl({"logs", name}).out; }
};

struct HungBy : Hung, testing::WithParamInterface<std::string> {
    void hang() const
    {
        if (GetParam() == "SIGSTOP")
            output({"systemctl", "kill", "--signal=STOP", server_unit()});
        else // There is no answer, which is the point.
            run({"timeout", "2", "l4d2ctl", "console", name, "--", GetParam()});
    }
};

TEST_P(HungBy, IsRestartedAndSaysWhy)
{
    start_hangable();
    const auto before = pid();
    hang();
    ASSERT_TRUE(comes_back_from(before));
    EXPECT_TRUE(answers_become("answers"));
    EXPECT_THAT(log(), HasSubstr("the game hangs and is restarted; what it did is in " + state +
                                 "/hung/" + name));
    const auto told = status();
    EXPECT_EQ(told["restarts"], 0) << "it is no crash";
    EXPECT_EQ(told["hung_restarts"].size(), 1);
    EXPECT_THAT(l4d2ctl({"status", name}).out, HasSubstr("hung 1 times within a day"));
    ASSERT_EQ(seen().size(), 1);
    const auto kept = read_file(seen().front());
    EXPECT_THAT(kept, AllOf(HasSubstr("srcds_linux"), HasSubstr("State:"), HasSubstr("wchan"),
                            HasSubstr("its last lines:")));
    EXPECT_LE(kept.size(), 64U * 1024);
    EXPECT_EQ(output({"stat", "-c", "%U:%G %a", seen().front()}), "root:left4me 640");

    ASSERT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_THAT(seen(), testing::IsEmpty());
    EXPECT_FALSE(exists(state + "/hung/" + name + ".times"));
}

INSTANTIATE_TEST_SUITE_P(Ways, HungBy, testing::Values("SIGSTOP", "spin", "deadlock"),
                         [](const auto& row) { return row.param; });

TEST_F(Hung, ASilenceOfLessThanItsLimitIsNoHang)
{
    start_with("hang_after: 60\n");
    ASSERT_TRUE(answers_become("answers"));
    const auto before = pid();
    output({"systemctl", "kill", "--signal=STOP", server_unit()});
    EXPECT_TRUE(answers_become("silent"));
    EXPECT_THAT(l4d2ctl({"status"}).out, HasSubstr("no answer since"));
    output({"systemctl", "kill", "--signal=CONT", server_unit()});
    EXPECT_TRUE(answers_become("answers"));
    EXPECT_EQ(pid(), before);
    EXPECT_THAT(seen(), testing::IsEmpty());
}

TEST_F(Hung, IsLeftAloneAfterFourTimesInAnHour)
{
    start_hangable();
    const auto now =
        std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    write_file(state + "/hung/" + name + ".times",
               std::format("{}\n{}\n{}\n{}\n", now - 40, now - 30, now - 20, now - 10));
    const auto before = pid();
    output({"systemctl", "kill", "--signal=STOP", server_unit()});
    ASSERT_TRUE(eventually(
        [&] {
            (void)l4d2ctl({"status"});
            return log().contains("the game hangs again");
        },
        seconds(120)));
    EXPECT_EQ(pid(), before);
    output({"systemctl", "kill", "--signal=CONT", server_unit()});
}

TEST_F(Hung, TheUnitSeesNothingElseOfTheState)
{
    const auto unit = std::format("left4me-hung@{}.service", name);
    const auto drop_in = "/run/systemd/system/" + unit + ".d/50-look.conf";
    write_file(drop_in, "[Service]\nExecStart=\nExecStart=ls /var/lib/left4me\n");
    output({"systemctl", "daemon-reload"});
    output({"systemctl", "start", unit});
    EXPECT_THAT(lines_of(run({"journalctl", "--unit=" + unit, "--output=cat", "_COMM=ls"}).out),
                ElementsAre("hung"));
    remove_all("/run/systemd/system/" + unit + ".d");
    output({"systemctl", "daemon-reload"});
}

/// A game is silent while it loads a map: as one from the workshop, on a slow disk.
TEST_F(Hung, AMapChangeOfFortySecondsIsNoHang)
{
    start_with(std::format("config: ['rcon_password \"{}\"']\n", rcon_password));
    ASSERT_TRUE(answers_become("answers"));
    const auto before = pid();
    EXPECT_EQ(rcon("stand_in_load_ms 40000"), "");
    (void)run({"timeout", "2", "l4d2ctl", "console", name, "--", "changelevel", "c1m2_streets"});
    EXPECT_TRUE(answers_become("silent"));
    ASSERT_TRUE(answers_become("answers", seconds(90)));
    EXPECT_EQ(status()["answer"]["map"], "c1m2_streets");
    EXPECT_EQ(pid(), before);
    EXPECT_THAT(seen(), testing::IsEmpty());
}

/// All cores are at work for others, and games answer late.
TEST_F(Hung, AHostUnderFourBuildsHangsNoServer)
{
    start_hangable();
    const auto before = pid();
    std::vector<std::unique_ptr<ScriptedCopy>> copies;
    std::vector<std::unique_ptr<RunningScript>> builds;
    for (int i = 0; i < 4; ++i) {
        copies.push_back(std::make_unique<ScriptedCopy>(std::format("hung-build-{}", i)));
        builds.push_back(std::make_unique<RunningScript>(
            *copies.back(), "for i in 1 2 3 4; do while :; do :; done & done\necho builds\nsleep 60\n"));
    }
    for (auto& build : builds)
        EXPECT_TRUE(build->says("builds\n"));
    // Each look has the game asked again in five seconds.
    EXPECT_FALSE(eventually([&] { return status()["hung_restarts"].size() != 0 || pid() != before; },
                            seconds(35)));
    builds.clear();
    EXPECT_TRUE(answers_become("answers"));
    EXPECT_EQ(pid(), before);
    EXPECT_THAT(seen(), testing::IsEmpty());
}

/// A silence is no hang where nobody ever answered, nor where the operator says so.
TEST_F(Hung, OneThatIsNotToBeRestartedIsNot)
{
    start_with("hang_after: 0\n");
    ASSERT_TRUE(answers_become("answers"));
    EXPECT_THAT(read_file("/run/left4me/watch/" + name), HasSubstr("HANG_AFTER=0"));
}

// --- restarts that wait until nobody plays -----------------------------------------------

struct Waiting : Watch {
    [[nodiscard]] std::string note() const { return state + "/waiting/" + name; }

    [[nodiscard]] Outcome restart(const Words& options) const
    {
        Words words = {"restart", name};
        words.insert(words.end(), options.begin(), options.end());
        return l4d2ctl(words);
    }

    /// Its time has come, and somebody looks.
    void let_it_come() const
    {
        auto text = read_file(note());
        text = text.substr(0, text.find("LATEST=")) + "LATEST=1\n";
        write_file(note(), text);
        output({"chown", "left4me:left4me", note()});
        (void)l4d2ctl({"status"});
    }

    [[nodiscard]] bool is_restarted_from(const std::string& before) const
    {
        return eventually([&] { return pid() != "0" && pid() != before; }, seconds(30));
    }
};

TEST_F(Waiting, ARestartIsToldOfAndTakesTheSpecOfItsRequest)
{
    start_with();
    ASSERT_TRUE(answers_become("answers"));
    const auto before = pid();
    initialize(spec("arguments: [+map, c2m1_highway]\n"));
    const auto asked = restart({"--when-empty", "--latest", "2h"});
    EXPECT_EQ(asked.status, 0) << asked.err;
    EXPECT_THAT(asked.out + asked.err,
                HasSubstr("restarts when nobody has played for five minutes, at 20"));
    EXPECT_THAT(l4d2ctl({"status"}).out, HasSubstr("restarts when empty, by"));
    EXPECT_TRUE(status()["waiting_restart"]["latest"].is_string());
    EXPECT_EQ(pid(), before);

    // Over a restart of who waits, too.
    output({"systemctl", "restart", watch_unit});
    EXPECT_EQ(pid(), before);
    let_it_come();
    ASSERT_TRUE(is_restarted_from(before));
    ASSERT_TRUE(answers_become("answers"));
    EXPECT_EQ(status()["answer"]["map"], "c2m1_highway");
    EXPECT_TRUE(eventually([&] {
        (void)l4d2ctl({"status"});
        return !exists(note());
    })) << "it is done";
    EXPECT_EQ(status()["waiting_restart"], nullptr);
}

TEST_F(Waiting, AnyOtherRestartIsWhatItWaitedFor)
{
    start_with();
    ASSERT_EQ(restart({"--when-empty"}).status, 0);
    std::this_thread::sleep_for(seconds(1)); // times of mounts are whole seconds
    ASSERT_EQ(l4d2ctl({"restart", name}).status, 0);
    const auto before = pid();
    EXPECT_TRUE(eventually([&] {
        (void)l4d2ctl({"status"});
        return !exists(note());
    }));
    EXPECT_EQ(pid(), before);
}

TEST_F(Waiting, CanBeForgotten)
{
    start_with();
    ASSERT_EQ(restart({"--when-empty"}).status, 0);
    const auto forgotten = restart({"--cancel"});
    EXPECT_EQ(forgotten.status, 0);
    EXPECT_THAT(forgotten.out + forgotten.err, HasSubstr("no restart waits any more"));
    EXPECT_FALSE(exists(note()));
    const auto again = restart({"--cancel"});
    EXPECT_THAT(again.out + again.err, HasSubstr("no restart waited"));
}

TEST_F(Waiting, OneThatCannotHappenIsRefused)
{
    constexpr int not_running = 3;
    constexpr int usage = 64;
    initialize(spec());
    EXPECT_EQ(restart({"--when-empty"}).status, not_running);
    EXPECT_EQ(restart({"--latest", "04:00"}).status, usage);
    EXPECT_EQ(restart({"--when-empty", "--latest", "yesterday"}).status, usage);
    EXPECT_EQ(restart({"--when-empty", "--cancel"}).status, usage);
    EXPECT_FALSE(exists(note()));
    initialize(spec("query: none\n"));
    start();
    const auto unasked = restart({"--when-empty"});
    EXPECT_EQ(unasked.status, usage);
    EXPECT_THAT(unasked.err, HasSubstr("give --latest, too"));
    EXPECT_EQ(restart({"--when-empty", "--latest", "2h"}).status, 0);
    ASSERT_EQ(l4d2ctl({"delete", name}).status, 0);
    EXPECT_FALSE(exists(note())) << "it goes with its server";
}

} // namespace
} // namespace left4me::test
