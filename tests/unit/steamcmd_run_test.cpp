#include "model/steamcmd_run.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

TEST(SteamcmdRun, ComesBackFromItsLine)
{
    for (const auto platform : {SteamPlatform::of_linux, SteamPlatform::of_windows})
        for (const bool validate : {false, true})
            for (const auto* name : {"anonymous", "ann", "windows", "validate"}) {
                const auto line = format_steamcmd_run({platform, *SteamAccount::parse(name), validate});
                const auto run = parse_steamcmd_run(line);
                ASSERT_THAT(run, Succeeds()) << line;
                EXPECT_EQ(run->platform, platform);
                EXPECT_EQ(run->account.str(), name);
                EXPECT_EQ(run->validate, validate);
                EXPECT_EQ(format_steamcmd_run(*run), line);
            }
    const auto longest = SteamAccount::parse(std::string(64, 'a'));
    EXPECT_LT(format_steamcmd_run({SteamPlatform::of_windows, *longest, true}).size(),
              max_steamcmd_run_size);
}

class BadSteamcmdRun : public testing::TestWithParam<TextCase> {};
TEST_P(BadSteamcmdRun, IsRefused)
{
    EXPECT_FALSE(parse_steamcmd_run(GetParam().text).has_value());
}
INSTANTIATE_TEST_SUITE_P(SteamcmdRun, BadSteamcmdRun,
                         testing::Values(TextCase{"empty", ""}, TextCase{"newline", "\n"},
                                         TextCase{"no_end", "linux ann trust"},
                                         TextCase{"no_account", "linux trust\n"},
                                         TextCase{"empty_account", "linux  trust\n"},
                                         TextCase{"other_platform", "macos ann trust\n"},
                                         TextCase{"other_check", "linux ann hope\n"},
                                         TextCase{"word_of_steamcmd", "linux +quit trust\n"},
                                         TextCase{"two_accounts", "linux ann bob trust\n"},
                                         TextCase{"two_lines", "linux ann trust\nlinux ann trust\n"},
                                         TextCase{"path", "linux /etc trust\n"},
                                         TextCase{"more", "linux ann trust\n "}),
                         NameOfCase());

TEST(SteamcmdRun, HasWordsInTheOrderThatCounts)
{
    const auto ann = *SteamAccount::parse("ann");
    EXPECT_THAT(steamcmd_words("/s", "/d", {SteamPlatform::of_windows, ann, true}),
                ElementsAre("/s", "+@ShutdownOnFailedCommand", "1", "+@sSteamCmdForcePlatformType",
                            "windows", "+force_install_dir", "/d", "+login", "ann", "+app_update",
                            "222860", "validate", "+quit"));
    EXPECT_THAT(steamcmd_words("/s", "/d", {SteamPlatform::of_linux, ann, false}),
                Not(Contains("validate")));
}

} // namespace
} // namespace left4me
