#include "sandbox/launcher.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(GameCommand, SetsItsOwnArgumentsBeforeTheOperators)
{
    auto config =
        parse_instance_config("f", "L4D2_PORT=27015\nL4D2_ARG=+map\nL4D2_LOWERDIR=installation\n")
            .value();
    EXPECT_THAT(game_command(config), ElementsAre("./srcds_run", "-game", "left4dead2", "-norestart",
                                                  "+ip", "0.0.0.0", "+hostport", "27015", "+map"));
}

TEST(GameCommand, KeepsEachArgumentOneWord)
{
    auto config = parse_instance_config("f", "L4D2_PORT=27016\nL4D2_LOWERDIR=installation\n").value();
    EXPECT_EQ(game_command(config).size(), 8U);
    config.arguments = {"a b", "\"", "$HOME", "%i", "\\", "", "k\u00f6ln"};
    const auto command = game_command(config);
    EXPECT_EQ(std::vector(command.begin() + 8, command.end()), config.arguments);
    EXPECT_EQ(command.at(7), "27016");
}

TEST(GameEnvironment, IsWholeAndKnown)
{
    EXPECT_THAT(game_environment({"/srv/left4me", "/run/left4me", "/etc/left4me"}),
                UnorderedElementsAre("HOME=/srv/left4me/steam", "USER=left4me", "LOGNAME=left4me",
                                     "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TERM=dumb"));
}

} // namespace
} // namespace left4me
