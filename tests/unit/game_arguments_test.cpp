#include "model/game_arguments.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

class RefusedArgument : public testing::TestWithParam<TextCase> {};
TEST_P(RefusedArgument, IsBadDataWithTheReason)
{
    EXPECT_THAT(check_game_argument(GetParam().text),
                FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    GameArguments, RefusedArgument,
    testing::Values(TextCase{"autoupdate", "-autoupdate", "l4d2ctl update updates the game"},
                    TextCase{"steam_dir", "-steam_dir", "a word of Valve's srcds_run"},
                    TextCase{"steamcmd_script", "-steamcmd_script", "leave it out"},
                    TextCase{"debug", "-debug", "no debugger"}, TextCase{"gdb", "-gdb", "no debugger"},
                    TextCase{"pidfile", "-pidfile", "systemd knows"},
                    TextCase{"binary", "-binary", "srcds_linux"},
                    TextCase{"timeout", "-timeout", "systemd starts a game again"},
                    TextCase{"consolelog", "-consolelog", "l4d2ctl logs"},
                    TextCase{"notrap", "-notrap", "without it"},
                    TextCase{"ignoresigint", "-ignoresigint", "without it"},
                    TextCase{"help", "-help", "before it starts"},
                    TextCase{"norestart", "-norestart", "is reserved"},
                    TextCase{"port_by_mistake", "+port", "is reserved"},
                    TextCase{"address", "-IP", "is reserved"}),
    NameOfCase());

TEST(GameArguments, TakesWhatTheGameKnows)
{
    for (const auto* word :
         {"-fork", "-nodefaultmap", "-console", "-Debug", "-tickrate", "-strictportbind", "-debugger"})
        EXPECT_THAT(check_game_argument(word), Succeeds()) << word;
}

TEST(GameArguments, FindsReservedWordsWhereTheEngineFindsThem)
{
    EXPECT_THAT(check_game_arguments({"+map", "c1m1_hotel +hostport 27499"}), Succeeds());
    EXPECT_THAT(check_game_arguments({"+hostname", "my \"cool\" server", "", "\"", "a\tb"}), Succeeds());
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"+hostname", "x\" +hostport 27499 \""},
          {"\" -port 27499"},
          {"\"", "-x -Port 1"},
          {"a\"\t+ip\t1.2.3.4"},
          {"\" -ip 1.2.3.4"}})
        EXPECT_THAT(check_game_arguments(arguments),
                    FailsWith(ExitStatus::bad_data, "splits its command line at quotes"));
}

TEST(GameArguments, KnowsWhatAShellWouldChange)
{
    EXPECT_THAT(
        check_for_wrapper({"+map", "c1m1_hotel", "$HOME", "`id`", "\"", "a;b", "~", "-timeout", "a b"}),
        Succeeds());
    for (const auto* word : {"my server", "", "*", "a?", "[a]", "a\tb"})
        EXPECT_THAT(check_for_wrapper({"+hostname", word}),
                    FailsWith(ExitStatus::bad_data, "would not arrive"))
            << word;
}

} // namespace
} // namespace left4me
