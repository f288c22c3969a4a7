#include "web/shown_job.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace left4me::web {
namespace {

TEST(ShownJob, SaysWhatBecameOfIt)
{
    const AccountTime then{std::chrono::seconds(1'800'000'000)};
    Job job = {.id = *JobId::parse("7"),
               .work = ServerWork{*InstanceName::parse("coop1"), ServerAct::start},
               .user = "anna",
               .asked = then,
               .begun = {},
               .ended = {},
               .end = {}};
    InstanceStatus status = {.name = *InstanceName::parse("coop1"),
                             .active_state = "inactive",
                             .sub_state = "",
                             .since = {},
                             .port = 27015,
                             .layers = {},
                             .memory_bytes = {},
                             .problem = {},
                             .restart_reasons = {},
                             .exposure = {}};
    EXPECT_EQ(told_of(job).word, "Start: waits, for anna");
    EXPECT_TRUE(is_news(job, status));
    job.begun = then;
    EXPECT_EQ(told_of(job).word, "Start: at work, for anna");
    job.ended = then;
    EXPECT_THAT(told_of(job).word, testing::MatchesRegex("Start: done at .*, for anna"));
    EXPECT_FALSE(is_news(job, status));
    job.end = {.status = 71, .error = "port 27015 is taken"};
    EXPECT_THAT(told_of(job).word,
                testing::MatchesRegex("Start failed at .*, for anna: port 27015 is taken"));
    EXPECT_EQ(told_of(job).mood, Mood::bad);
    EXPECT_TRUE(is_news(job, status));
    status.since = then.time_since_epoch() + std::chrono::seconds(1);
    EXPECT_FALSE(is_news(job, status)) << "it was started since";
    status.since = {};
    job.canceller = "berta";
    EXPECT_THAT(told_of(job).word, testing::MatchesRegex("Start: cancelled at .*, by berta"));
    EXPECT_FALSE(is_news(job, status)) << "somebody wanted that";
    job.end.status = 0;
    EXPECT_THAT(told_of(job).word, testing::MatchesRegex("Start: done at .*, for anna"));
    job.ended = {};
    EXPECT_EQ(told_of(job).word, "Start: being cancelled, for anna");
}

TEST(ShownJob, IsNamedByWhatItIsAbout)
{
    const LayerRef maps = *LayerRef::parse("maps/custom");
    EXPECT_EQ(title_of(ServerWork{*InstanceName::parse("coop1"), ServerAct::restart}), "coop1: Restart");
    EXPECT_EQ(title_of(LayerWork{maps, LayerAct::roll_back}), "maps/custom: Roll back");
    EXPECT_EQ(title_of(LayerWork{maps, LayerAct::build}), "maps/custom: Build");
    EXPECT_EQ(title_of(GameWork()), "The game: Update");
}

} // namespace
} // namespace left4me::web
