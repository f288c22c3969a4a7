#include "web/first_steps.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(FirstSteps, ToldToAnAdministratorOfAnEmptyHost)
{
    EXPECT_THAT(
        first_steps({.admin = true}).str(),
        AllOf(
            HasSubstr("<li>Install the game: on the page of the <a href=\"/host\">host</a>, or there by "
                      "<code>sudo l4d2ctl install</code>"),
            HasSubstr("overlay import"), HasSubstr("href=\"/new-blueprint\""),
            HasSubstr("href=\"/new-server\""), Not(HasSubstr("Done:"))));
}

TEST(FirstSteps, SayWhatIsDone)
{
    const auto told =
        first_steps({.admin = true, .blueprints = 2, .game = true, .build = "123", .layers = 1}).str();
    EXPECT_THAT(told, AllOf(HasSubstr("Done:</span> the game is installed, build 123"),
                            HasSubstr("Done:</span> there is a layer<"),
                            HasSubstr("Done:</span> you have 2 blueprints"),
                            Not(HasSubstr("Install the game")), HasSubstr("href=\"/new-server\"")));
}

TEST(FirstSteps, TellAUserNothingThatOnlyAdministratorsDo)
{
    const auto told = first_steps({}).str();
    EXPECT_THAT(told, AllOf(HasSubstr("an administrator does that"), Not(HasSubstr("sudo"))));
}

TEST(FirstSteps, AreFoundOnTheHost)
{
    const TemporaryHost host;
    auto found = look_for_first_steps(*host, {});
    ASSERT_THAT(found, Succeeds());
    EXPECT_FALSE(found->game) << "a file of it is there, and not all";
    EXPECT_EQ(found->layers, 0U);
    host.write("state/installation/srcds_run", "");
    host.write("state/installation/left4dead2/gameinfo.txt", "");
    host.write("state/installation/steamapps/appmanifest_222860.acf", "\"buildid\" \"77\"");
    host.write("state/overlays/maps/left4dead2/a", "");
    found = look_for_first_steps(*host, {.admin = true, .blueprints = 3});
    ASSERT_THAT(found, Succeeds());
    EXPECT_TRUE(found->game);
    EXPECT_EQ(found->build, "77");
    EXPECT_EQ(found->layers, 1U);
    EXPECT_EQ(found->blueprints, 3U);
}

} // namespace
} // namespace left4me::web
