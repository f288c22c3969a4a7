// A clock that jumps: what a container must not try, for the clock is the machine's.

#include "support.hpp"

#include <chrono>
#include <format>

namespace left4me::test {
namespace {

struct MachineClock : ServerTest {
    using Wall = std::chrono::system_clock;
    using Steady = std::chrono::steady_clock;

    void TearDown() override
    {
        const auto now = wall_ + (Steady::now() - steady_);
        run({"date",
             std::format("--set=@{}", Wall::to_time_t(std::chrono::round<Wall::duration>(now)))});
    }

    Wall::time_point wall_ = Wall::now();
    Steady::time_point steady_ = Steady::now();
};

TEST_F(MachineClock, AJumpDisturbsNoServerAndNoVerb)
{
    start_with();
    for (const auto* jump : {"+400 days", "-800 days"}) {
        SCOPED_TRACE(jump);
        const auto before = pid();
        ASSERT_EQ(run({"date", std::format("--set={}", jump)}).status, 0);
        EXPECT_TRUE(game_is_ready());
        EXPECT_EQ(pid(), before) << "it was restarted";
        EXPECT_EQ(status().at("active_state"), "active");
        EXPECT_EQ(l4d2ctl({"logs", name, "--no-follow"}).status, 0);
        // A crash is still followed by a restart, a stop by a start.
        ASSERT_EQ(run({"kill", "-9", before}).status, 0);
        EXPECT_TRUE(eventually([&] { return pid() != before && pid() != "0"; }));
        EXPECT_TRUE(game_is_ready());
        EXPECT_EQ(l4d2ctl({"stop", name}).status, 0);
        EXPECT_EQ(mount_line(name), "");
        start();
        EXPECT_TRUE(game_is_ready());
    }
}

/// Whoever counted by this clock would take a game that answered a moment ago for one that has been
/// silent for hours, and one that hangs for one that answered tomorrow.
TEST_F(MachineClock, AJumpNeitherMakesNorHidesAHang)
{
    const auto answers = [&] {
        return eventually([&] { return status()["answers"] == "answers"; }, std::chrono::seconds(60));
    };
    start_with("hang_after: 10\n");
    ASSERT_TRUE(answers());
    for (const auto* jump : {"+2 hours", "-4 hours"}) {
        SCOPED_TRACE(jump);
        const auto before = pid();
        ASSERT_EQ(run({"date", std::format("--set={}", jump)}).status, 0);
        EXPECT_FALSE(eventually([&] { return pid() != before; }, std::chrono::seconds(20)));
        ASSERT_TRUE(answers());
        ASSERT_EQ(run({"systemctl", "kill", "--signal=STOP", server_unit()}).status, 0);
        EXPECT_TRUE(eventually(
            [&] {
                (void)l4d2ctl({"status"});
                return pid() != "0" && pid() != before;
            },
            std::chrono::seconds(180)));
        ASSERT_TRUE(answers());
    }
}

} // namespace
} // namespace left4me::test
