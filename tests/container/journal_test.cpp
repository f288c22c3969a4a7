// What a game can do to the journal, which all of the host shares: it writes what it likes, as
// fast as it likes.

#include "support.hpp"

#include <format>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

struct Journal : ServerTest {
    /// A server whose game is a script.
    [[nodiscard]] Outcome play(const std::string& script)
    {
        const auto layer = make_game("#!/bin/bash\n" + script + '\n');
        initialize(spec(std::format("overlays: [{{path: {}}}]\n", layer)));
        return l4d2ctl({"start", "--no-wait", name});
    }

    void play_on(const std::string& script)
    {
        const auto started = play(script + "\nexec sleep infinity");
        ASSERT_EQ(started.status, 0) << started.err;
    }

    /// The script is the first process of the unit, as it was before there was a launcher.
    void without_launcher() const
    {
        drop_in("60-bare",
                std::format("ExecStart=\nExecStart=/bin/bash {}/srcds_linux\nKillSignal=SIGKILL\n",
                            merged()));
    }

    [[nodiscard]] std::string log(const std::vector<std::string>& words = {}) const
    {
        run({"journalctl", "--sync"});
        std::vector<std::string> command = {"journalctl", "--quiet", "--no-pager", "--output=cat",
                                            "--all",      "--unit",  server_unit()};
        command.insert(command.end(), words.begin(), words.end());
        return run(command).out;
    }

    [[nodiscard]] bool says(const std::string& line) const
    {
        return eventually([&] { return log().contains(line); }, std::chrono::seconds(30));
    }
};

// 300 lines of 40,000 bytes, and one more when the limit has room again.
const std::string flood = R"(
line=$(head --bytes=40000 /dev/zero | tr '\0' x)
for ((i = 0; i < 300; ++i)); do echo "$line"; done
printf 'flood%s\n' ' ended'
)";

/// S47.
TEST_F(Journal, LongLinesAreLeftOutByTheirBytes)
{
    play_on(flood + "while sleep 1; do echo still here; done");
    ASSERT_TRUE(says("lines are left out"));
    EXPECT_TRUE(says("still here"));
    const auto kept = log();
    EXPECT_LT(kept.size(), 3U << 20U);
    EXPECT_GT(kept.size(), 1U << 20U);
    EXPECT_THAT(kept, ContainsRegex("left4me: [0-9]+ lines of the game, [0-9]+ bytes, were left out"));
    EXPECT_THAT(log({"--identifier=systemd"}), HasSubstr("Started " + server_unit()));
}

TEST_F(Journal, WithoutTheLauncherAllOfThemAreKept)
{
    without_launcher();
    play_on(flood);
    ASSERT_TRUE(says("flood ended"));
    EXPECT_GT(log().size(), 10U << 20U);
}

/// Why it ended is what an operator wants to read.
TEST_F(Journal, HasWhatAGameSaidLast)
{
    for (int times = 0; times < 5; ++times) {
        const auto started = play("for ((i = 0; i < 500; ++i)); do echo before $i; done\n"
                                  "printf 'FATAL ERROR: no map' >&2; exit 3");
        EXPECT_EQ(started.status, 71);
        EXPECT_THAT(started.out, AllOf(HasSubstr("before 499"), HasSubstr("FATAL ERROR: no map")));
    }
}

// "<0>" before a message makes it an emergency, which journald writes to every terminal.
const std::string emergency = "echo '<0>everybody look'";

[[nodiscard]] std::string priority(const std::string& json)
{
    return nlohmann::json::parse(json).at("PRIORITY");
}

TEST_F(Journal, AGameDoesNotChooseThePriorityOfWhatItSays)
{
    play_on(emergency);
    ASSERT_TRUE(says("everybody look"));
    const auto message = log({"--output=json", "--grep=everybody look"});
    EXPECT_THAT(message, HasSubstr("<0>everybody look"));
    EXPECT_EQ(priority(message), "6");
}

TEST_F(Journal, ItIsTheSettingThatKeepsThePriority)
{
    drop_in("60-prefix", "SyslogLevelPrefix=yes\n");
    play_on(emergency);
    ASSERT_TRUE(says("everybody look"));
    EXPECT_EQ(priority(log({"--output=json", "--grep=everybody look"})), "0");
}

/// Whoever writes there is the launcher, and has what it has: the way to the journal.
const std::string into_the_first_process = "if : 3<>/proc/1/mem; then echo open; else echo closed; fi";

TEST_F(Journal, TheLaunchersMemoryIsClosedToTheGame)
{
    play_on(into_the_first_process);
    EXPECT_TRUE(says("closed\n")); // nor does ProtectProc= show it then
}

TEST_F(Journal, ThatOfAnotherFirstProcessIsNot)
{
    drop_in("60-bare", "ExecStart=\nExecStart=/bin/bash -c '" + merged() +
                           "/srcds_linux; true'\nKillSignal=SIGKILL\n");
    play_on(into_the_first_process);
    EXPECT_TRUE(says("open\n"));
}

} // namespace
} // namespace left4me::test
