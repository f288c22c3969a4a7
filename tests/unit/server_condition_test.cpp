#include "host/server_condition.hpp"

#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace left4me {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Optional;

constexpr std::chrono::microseconds now = 1'000'000s; // 1970-01-12T13:46:40Z

UnitStatus unit(const std::string& active, const std::string& sub, std::uint32_t restarts)
{
    UnitStatus status;
    status.active_state = active;
    status.sub_state = sub;
    status.restarts = restarts;
    status.result = active == "failed" ? "exit-code" : "success";
    status.exit_code = CLD_EXITED;
    status.exit_status = 1;
    status.begun = now - 2min;
    return status;
}

struct Condition : testing::Test {
    Condition()
    {
        setenv("TZ", "UTC", 1);
        tzset();
    }
};

TEST_F(Condition, IsNoneOfAServerThatRunsOrIsStopped)
{
    EXPECT_EQ(condition_of(unit("active", "running", 0), std::nullopt, now), std::nullopt);
    EXPECT_EQ(condition_of(unit("inactive", "dead", 7), std::nullopt, now), std::nullopt);
    EXPECT_EQ(condition_of(unit("active", "running", 2), std::nullopt, now), std::nullopt);
}

TEST_F(Condition, TellsTheNextTryOfOneThatFailed)
{
    EXPECT_THAT(condition_of(unit("failed", "failed", 5), now + 5min, now),
                Optional(std::string("failed 5 times, last with status 1, next try 13:51")));
    EXPECT_THAT(condition_of(unit("failed", "failed", 5), std::nullopt, now),
                Optional(HasSubstr("given up")));
}

TEST_F(Condition, TellsOfOneThatWaitsToBeStartedAgain)
{
    EXPECT_THAT(condition_of(unit("activating", "auto-restart", 1), std::nullopt, now),
                Optional(std::string("ended with status 1, starts again in a moment")));
}

TEST_F(Condition, TellsALoopThatTheLimitNeverEnds)
{
    auto looping = unit("active", "running", 6);
    EXPECT_THAT(condition_of(looping, std::nullopt, now),
                Optional(std::string("looping: ended 6 times in 2 min")));
    looping.begun = now - 7min; // a minute each
    EXPECT_EQ(condition_of(looping, std::nullopt, now), std::nullopt);
}

TEST_F(Condition, TellsALoopThatBeginsAfterAGoodWeek)
{
    auto looping = unit("active", "running", 6);
    looping.begun = now - 24h * 7;
    looping.started = now - 20s;
    EXPECT_THAT(condition_of(looping, std::nullopt, now),
                Optional(std::string("started again 20 s ago; it has ended by itself 6 times")));
    looping.started = now - 1min;
    EXPECT_EQ(condition_of(looping, std::nullopt, now), std::nullopt);
}

TEST_F(Condition, ForgetsALoopOfOneThatHasComeToStay)
{
    auto recovered = unit("active", "running", 90);
    recovered.begun = now - 35min;
    recovered.started = now - 4min;
    EXPECT_THAT(condition_of(recovered, std::nullopt, now), Optional(HasSubstr("looping")));
    recovered.started = now - 5min;
    EXPECT_EQ(condition_of(recovered, std::nullopt, now), std::nullopt);
}

TEST_F(Condition, NamesTheEnd)
{
    auto status = unit("failed", "failed", 1);
    EXPECT_EQ(end_of(status), "status 1");
    status.exit_status = 139;
    EXPECT_EQ(end_of(status), "signal 11 (Segmentation fault)");
    status.exit_code = CLD_KILLED;
    status.exit_status = 9;
    EXPECT_EQ(end_of(status), "signal 9 (Killed)");
    status.exit_code = CLD_EXITED;
    status.exit_status = 125;
    EXPECT_THAT(end_of(status), HasSubstr("left4me-launch"));
}

} // namespace
} // namespace left4me
