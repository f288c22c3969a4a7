#include "web/shown_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace left4me::web {
namespace {

InstanceStatus server(const std::string& active_state)
{
    return {.name = *InstanceName::parse("coop1"),
            .active_state = active_state,
            .sub_state = "",
            .since = {},
            .port = 27015,
            .layers = {},
            .memory_bytes = {},
            .problem = {},
            .restart_reasons = {},
            .exposure = {}};
}

InstanceStatus playing(AnswerState state)
{
    auto status = server("active");
    status.watched = AnswerRecord{.main_pid = 1, .state = state};
    ServerInfo info;
    info.map = "c2m3_coaster";
    info.players = 5;
    info.max_players = 8;
    status.answer = info;
    return status;
}

TEST(ShownServer, IsSaidInAWord)
{
    EXPECT_EQ(state_of(playing(AnswerState::answers)).word, "running");
    EXPECT_EQ(state_of(playing(AnswerState::unasked)).word, "running");
    EXPECT_EQ(state_of(playing(AnswerState::loading)).word, "loading");
    EXPECT_EQ(state_of(playing(AnswerState::silent)).word, "not answering");
    EXPECT_EQ(state_of(server("active")).word, "running");
    EXPECT_EQ(state_of(server("inactive")).word, "stopped");
    EXPECT_EQ(state_of(server("failed")).word, "failed");
    EXPECT_EQ(state_of(server("activating")).word, "starting");
    EXPECT_EQ(state_of(server("deactivating")).word, "stopping");
    auto crashed = server("activating");
    crashed.problem = "it ended";
    EXPECT_EQ(state_of(crashed).word, "crashed");
    EXPECT_EQ(state_of(crashed).mood, Mood::bad);
}

TEST(ShownServer, HasItsAnswerInOneSentence)
{
    EXPECT_EQ(sentence_of(playing(AnswerState::answers)), "c2m3_coaster, 5/8 players");
    EXPECT_EQ(sentence_of(server("inactive")), "");
}

TEST(ShownServer, ThatDoesNotRunHasNoMapOfItsLastRun)
{
    auto stopped = playing(AnswerState::answers);
    stopped.active_state = "inactive";
    EXPECT_EQ(map_of(stopped), "–");
    EXPECT_EQ(players_of(stopped), "–");
}

TEST(ShownServer, SaysWhatOneMayWantToDo)
{
    auto status = playing(AnswerState::answers);
    status.restart_reasons = {"a newer layer"};
    EXPECT_THAT(notes_on(status), testing::ElementsAre("restart to apply changes"));
    status.waiting = WaitingRestart{};
    EXPECT_THAT(notes_on(status), testing::ElementsAre("restarts when nobody plays"));
}

TEST(ShownServer, CanBeDoneWhatItsStateAllows)
{
    using enum ServerAct;
    EXPECT_THAT(acts_on(server("inactive")), testing::ElementsAre(start));
    EXPECT_THAT(acts_on(server("failed")), testing::ElementsAre(start));
    auto status = playing(AnswerState::answers);
    EXPECT_THAT(acts_on(status), testing::ElementsAre(restart, stop)) << "nobody knows when it is empty";
    status.watch = WatchSettings();
    EXPECT_THAT(acts_on(status), testing::ElementsAre(restart, stop, restart_when_empty));
    status.waiting = WaitingRestart{};
    EXPECT_THAT(acts_on(status), testing::ElementsAre(restart, stop, cancel_restart));
}

TEST(ShownServer, SaysWhatBecameOfAJob)
{
    const AccountTime then{std::chrono::seconds(1'800'000'000)};
    ServerJob job = {.id = *JobId::parse("7"),
                     .server = *InstanceName::parse("coop1"),
                     .act = ServerAct::start,
                     .user = "anna",
                     .asked = then,
                     .begun = {},
                     .ended = {},
                     .end = {}};
    auto status = server("inactive");
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

} // namespace
} // namespace left4me::web
