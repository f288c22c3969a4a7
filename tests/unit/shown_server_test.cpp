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

} // namespace
} // namespace left4me::web
