#include "verbs/readiness.hpp"

#include "text_case.hpp"

#include <csignal>

namespace left4me {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

BegunServer coop1()
{
    return {.name = InstanceName::parse("coop1").value(),
            .port = GamePort::parse("27015").value(),
            .query = WatchSettings::Query::a2s,
            .restarts = 2,
            .begun = microseconds(5)};
}

UnitStatus running()
{
    UnitStatus now;
    now.active_state = "active";
    now.sub_state = "running";
    now.main_pid = 42;
    now.restarts = 2;
    now.begun = microseconds(5);
    return now;
}

TEST(EndOfGame, IsNoneWhileItGoesOn)
{
    EXPECT_FALSE(end_of_game(coop1(), running(), seconds(100)));
    auto clearing = running(); // it has ended by itself; whether it is tried again is not told yet
    clearing.active_state = "deactivating";
    clearing.main_pid = 0;
    EXPECT_FALSE(end_of_game(coop1(), clearing, seconds(100)));
}

struct EndCase {
    const char* name;
    void (*change)(UnitStatus& now);
    milliseconds since;
    ExitStatus status;
    const char* message;
};

class EndOfGames : public testing::TestWithParam<EndCase> {};
TEST_P(EndOfGames, IsTold)
{
    auto now = running();
    GetParam().change(now);
    const auto end = end_of_game(coop1(), now, GetParam().since);
    ASSERT_TRUE(end);
    EXPECT_EQ(end->status, GetParam().status);
    EXPECT_EQ(end->message, std::string("coop1: ") + GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    Readiness, EndOfGames,
    testing::Values(
        EndCase{"restarted_by_systemd", [](UnitStatus& now) { now.restarts = 3; }, milliseconds(1999),
                ExitStatus::game_failed,
                "the game ended at once, with status 0; it is tried again until l4d2ctl stop coop1"},
        EndCase{"crashed_late",
                [](UnitStatus& now) {
                    now.active_state = "activating";
                    now.sub_state = "auto-restart";
                    now.exit_code = CLD_KILLED;
                    now.exit_status = SIGSEGV;
                },
                milliseconds(61900), ExitStatus::game_failed,
                "the game ended after 61 s, before it was ready, with signal 11 (Segmentation fault); "
                "it is tried again until l4d2ctl stop coop1"},
        EndCase{"given_up", [](UnitStatus& now) { now.active_state = "failed"; }, milliseconds(0),
                ExitStatus::game_failed,
                "the game ended at once, with status 0; it is tried again until l4d2ctl stop coop1"},
        EndCase{"stopped",
                [](UnitStatus& now) {
                    now.active_state = "inactive";
                    now.begun = {}; // its unit is no longer in memory
                    now.restarts = 0;
                },
                milliseconds(0), ExitStatus::busy, "another command stopped or restarted it meanwhile"},
        EndCase{"stopping", [](UnitStatus& now) { now.active_state = "deactivating"; }, milliseconds(0),
                ExitStatus::busy, "another command stopped or restarted it meanwhile"},
        EndCase{"restarted",
                [](UnitStatus& now) {
                    now.begun = microseconds(6);
                    now.restarts = 0;
                },
                milliseconds(0), ExitStatus::busy, "another command stopped or restarted it meanwhile"}),
    [](const auto& tested) { return tested.param.name; });

TEST(TroubleWith, AnAnswerIsThatOfAnotherPort)
{
    ServerInfo answer;
    const auto port = GamePort::parse("27015").value();
    EXPECT_EQ(trouble_with(answer, port), ""); // it need not say
    answer.port = 27015;
    EXPECT_EQ(trouble_with(answer, port), "");
    answer.port = 27016;
    EXPECT_EQ(trouble_with(answer, port), "what answers there says that it is the server of port 27016");
}

TEST(NeverReady, SaysWhatToDo)
{
    const auto told = [](PortHolder holder, const std::string& trouble) {
        const auto error = never_ready(coop1(), holder, seconds(180), trouble);
        EXPECT_EQ(error.status, ExitStatus::game_failed);
        return error.message;
    };
    EXPECT_THAT(told(PortHolder::nobody, ""),
                HasSubstr("coop1: its game has not opened port 27015 after 180 s; it runs on: l4d2ctl "
                          "logs coop1 shows what it does"));
    EXPECT_THAT(told(PortHolder::own_user, ""),
                HasSubstr("has port 27015, and does not answer after 180 s; it runs on"));
    EXPECT_THAT(told(PortHolder::own_user, "cut \x1b"),
                HasSubstr("after 180 s (cut \\x1b); it runs on"));
    EXPECT_THAT(told(PortHolder::another, ""), HasSubstr("coop1: port 27015 is another program's"));
    EXPECT_THAT(told(PortHolder::another, ""), Not(HasSubstr("180")));
}

TEST(ReadyGame, IsDescribedInItsOwnWordsMadeHarmless)
{
    const auto port = GamePort::parse("27015").value();
    EXPECT_EQ(describe({}, port), "has its port, 27015");
    ServerInfo answer;
    answer.map = "c1m1\x1b[2J";
    answer.players = 3;
    answer.max_players = 8;
    EXPECT_EQ(describe({answer}, port), "plays c1m1\\x1b[2J, 3/8");
}

} // namespace
} // namespace left4me
