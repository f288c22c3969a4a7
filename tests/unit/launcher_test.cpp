#include "sandbox/launcher.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

InstanceConfig config_with(const std::vector<std::string>& arguments)
{
    auto config = parse_instance_config("f", "L4D2_PORT=27015\nL4D2_LOWERDIR=installation\n").value();
    config.arguments = arguments;
    return config;
}

TEST(GameCommand, SetsItsOwnArgumentsBeforeTheOperators)
{
    EXPECT_THAT(game_command(config_with({"+map", "c2m1_highway"}), GameProgram::srcds_linux).words,
                ElementsAre("./srcds_linux", "-game", "left4dead2", "+ip", "0.0.0.0", "+hostport",
                            "27015", "+map", "c2m1_highway"));
}

TEST(GameCommand, ShowsSystemdTheEndOfTheGameWhereThereIsOnlyTheScript)
{
    EXPECT_THAT(game_command(config_with({"-x"}), GameProgram::srcds_run).words,
                ElementsAre("./srcds_run", "-game", "left4dead2", "-norestart", "+ip", "0.0.0.0",
                            "+hostport", "27015", "-x"));
}

TEST(GameCommand, KeepsEachArgumentOneWord)
{
    const std::vector<std::string> words = {"+map", "a b", "\"",        "$HOME", "%i",
                                            "\\",   "",    "k\u00f6ln", "*",     "c1m1 +hostport 27499"};
    const auto command = game_command(config_with(words), GameProgram::srcds_linux).words;
    ASSERT_EQ(command.size(), 7U + words.size());
    EXPECT_EQ(std::vector(command.begin() + 7, command.end()), words);
}

TEST(GameCommand, GivesTheMapThatTheScriptWouldHaveGiven)
{
    EXPECT_THAT(game_command(config_with({"-tickrate", "60"}), GameProgram::srcds_linux).words,
                testing::IsSupersetOf({"+map", "c1m1_hotel"}));
    for (const auto* word : {"+map", "-nodefaultmap"})
        EXPECT_EQ(game_command(config_with({word}), GameProgram::srcds_linux).words.size(), 8U) << word;
}

TEST(GameCommand, DropsWhatOnlyTheScriptKnows)
{
    const auto command =
        game_command(config_with({"-autoupdate", "-steam_dir", "/x; reboot", "+map", "c1m1_hotel",
                                  "-pidfile", "+sv_lan", "0", "-debug", "-timeout"}),
                     GameProgram::srcds_linux);
    EXPECT_EQ(std::vector(command.words.begin() + 7, command.words.end()),
              (std::vector<std::string>{"+map", "c1m1_hotel", "+sv_lan", "0"}));
    EXPECT_THAT(command.dropped, ElementsAre("-autoupdate", "-steam_dir", "/x; reboot", "-pidfile",
                                             "-debug", "-timeout"));
}

TEST(GameEnvironment, IsWholeAndKnown)
{
    EXPECT_THAT(game_environment({"/srv/left4me", "/run/left4me", "/etc/left4me"}),
                UnorderedElementsAre("HOME=/srv/left4me/steam", "USER=left4me", "LOGNAME=left4me",
                                     "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TERM=dumb",
                                     "LD_LIBRARY_PATH=.:bin:"));
}

} // namespace
} // namespace left4me
