#include "model/server_act.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;

TEST(ServerAct, HasItsWordsForL4d2ctl)
{
    using enum ServerAct;
    const auto coop1 = *InstanceName::parse("coop1");
    const auto command = [&](ServerAct act) { return request_for(act, coop1).value().command(); };
    const auto made = request_for(initialize, coop1, "port: 27015\n");
    ASSERT_THAT(made, Succeeds());
    EXPECT_THAT(made->command(), ElementsAre("initialize", "coop1", "--file", "-"));
    EXPECT_EQ(made->text(), "port: 27015\n");
    EXPECT_THAT(request_for(initialize, coop1), FailsWith(ExitStatus::bad_data, "reads a file"));
    EXPECT_THAT(command(reset), ElementsAre("reset", "coop1"));
    EXPECT_THAT(command(ServerAct::remove), ElementsAre("delete", "coop1"));
    EXPECT_THAT(command(start), ElementsAre("start", "--no-wait", "coop1"));
    EXPECT_THAT(command(stop), ElementsAre("stop", "coop1"));
    EXPECT_THAT(command(restart), ElementsAre("restart", "--no-wait", "coop1"));
    EXPECT_THAT(command(restart_when_empty), ElementsAre("restart", "--when-empty", "coop1"));
    EXPECT_THAT(command(cancel_restart), ElementsAre("restart", "--cancel", "coop1"));
}

TEST(ServerAct, IsReadAgain)
{
    using enum ServerAct;
    for (const auto act : {initialize, start, stop, restart, restart_when_empty, cancel_restart, reset,
                           ServerAct::remove})
        EXPECT_EQ(parse_server_act(word_for(act)), act);
    for (const auto* bad : {"", "Start", "start ", "burn"})
        EXPECT_EQ(parse_server_act(bad), std::nullopt) << bad;
}

} // namespace
} // namespace left4me
