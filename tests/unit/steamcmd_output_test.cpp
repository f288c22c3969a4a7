#include "steam/steamcmd_output.hpp"

#include "model/steam_account.hpp"
#include "steam/installation.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

TEST(SteamProgress, IsPhaseAndBytes)
{
    EXPECT_EQ(parse_steam_line(" Update state (0x61) downloading, progress: 12.34 (123 / 456)\r"),
              SteamEvent(SteamProgress{"downloading", 123, 456}));
    EXPECT_EQ(parse_steam_line("\x1b[0m Update state (0x5) verifying install, progress: 0.00 (0 / 0)"),
              SteamEvent(SteamProgress{"verifying install", 0, 0}));
    // More done than there is would break a bar.
    EXPECT_EQ(parse_steam_line("Update state (0x61) downloading, progress: 200.00 (9 / 4)"),
              SteamEvent(SteamProgress{"downloading", 4, 4}));
    for (const auto* line : {"Update state (0x61) downloading, progress: 1.0 (-1 / 4)",
                             "Update state (0x61) downloading, progress: 1.0 (1 / 99999999999999999999)",
                             "Update state (0x61) downloading", "Update state (", "Update state (0x61)",
                             "Update state (0x3) x, progress: (1 / ", "Update state ()) ) / ("})
        EXPECT_FALSE(parse_steam_line(line).has_value()) << line;
}

TEST(SteamMilestone, IsToldByItsLine)
{
    EXPECT_EQ(parse_steam_line("Success! App '222860' fully installed."),
              SteamEvent(SteamMilestone::installed));
    EXPECT_EQ(parse_steam_line("Success! App '222860' already up to date."),
              SteamEvent(SteamMilestone::installed));
    EXPECT_EQ(parse_steam_line("Waiting for user info...OK"), SteamEvent(SteamMilestone::logged_in));
    EXPECT_EQ(parse_steam_line("Logged in OK"), SteamEvent(SteamMilestone::logged_in));
    EXPECT_EQ(parse_steam_line("Please confirm the login in the Steam Mobile app on your phone."),
              SteamEvent(SteamMilestone::waits_for_phone));
    EXPECT_EQ(parse_steam_line("[ 12%] Downloading update (1,234 of 5,678 KB)..."),
              SteamEvent(SteamMilestone::updating_itself));
    for (const auto* noise :
         {"", "Redirecting stderr to '/x/logs/stderr.txt'", "[----] Verifying installation...",
          "Steam Console Client (c) Valve Corporation - version 1737515347", "-- type 'quit' to exit --",
          "Loading Steam API...OK", "\"@sSteamCmdForcePlatformType\" = \"linux\"",
          "Connecting anonymously to Steam Public...OK", "Waiting for client config...OK",
          "Cached credentials not found.", "Logging in user 'x' [U:1:0] to Steam Public...OK",
          "Login Failure: Account Logon Denied"})
        EXPECT_FALSE(parse_steam_line(noise).has_value()) << noise;
}

TEST(SteamLogin, IsAKeptOneAndMayEnd)
{
    for (const auto* line : {"Logging in using cached credentials.", "Using cached credentials. . ."})
        EXPECT_EQ(parse_steam_line(line), SteamEvent(SteamMilestone::uses_kept_login)) << line;
    EXPECT_EQ(parse_steam_line("Warning: Login token expires at Mon Jan  5 10:00:00 2026"),
              SteamEvent(SteamLoginEnd{"Mon Jan  5 10:00:00 2026"}));
    EXPECT_EQ(parse_steam_line("Logging directory: '/home/x/Steam/logs'"),
              SteamEvent(SteamLogs{"/home/x/Steam/logs"}));
    EXPECT_FALSE(parse_steam_line("Logging directory: '/home").has_value());
}

struct TroubleCase {
    std::string name;
    std::string line;
    SteamTrouble trouble;
};
void PrintTo(const TroubleCase& row, std::ostream* out)
{
    *out << row.line;
}

class SteamFailureLine : public testing::TestWithParam<TroubleCase> {};
TEST_P(SteamFailureLine, IsClassified)
{
    const auto event = parse_steam_line(GetParam().line);
    ASSERT_TRUE(event.has_value());
    const auto* failure = std::get_if<SteamFailure>(&*event);
    ASSERT_NE(failure, nullptr);
    EXPECT_EQ(failure->trouble, GetParam().trouble);
    EXPECT_EQ(failure->line, GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(
    Steamcmd, SteamFailureLine,
    testing::Values(
        TroubleCase{"state_0x202", "Error! App '222860' state is 0x202 after update job.",
                    SteamTrouble::transient},
        TroubleCase{"state_0x6", "Error! App '222860' state is 0x6 after update job.",
                    SteamTrouble::stuck},
        TroubleCase{"state_0x602", "Error! App '222860' state is 0x602 after update job.",
                    SteamTrouble::transient},
        TroubleCase{"state_0x10", "Error! App '222860' state is 0x10 after update job.",
                    SteamTrouble::unknown},
        TroubleCase{"missing_configuration",
                    "ERROR! Failed to install app '222860' (Missing configuration)",
                    SteamTrouble::transient},
        TroubleCase{"timed_out", "ERROR! Timed out waiting for AppInfo update.",
                    SteamTrouble::transient},
        TroubleCase{"not_online",
                    "ERROR! Failed to request AppInfo update, not online or not logged in to Steam.",
                    SteamTrouble::transient},
        TroubleCase{"no_connection", "FAILED login with result code No Connection",
                    SteamTrouble::transient},
        TroubleCase{"anonymous", "ERROR! Failed to install app '222860' (Invalid platform)",
                    SteamTrouble::withheld},
        TroubleCase{"no_subscription", "ERROR! Failed to install app '222860' (No subscription)",
                    SteamTrouble::no_license},
        TroubleCase{"wrong_password",
                    "Logging in user 'x' [U:1:0] to Steam Public...ERROR (Invalid Password)",
                    SteamTrouble::wrong_password},
        TroubleCase{"wrong_password_of_old", "Waiting for user info...FAILED (Invalid Password)",
                    SteamTrouble::wrong_password},
        TroubleCase{"wrong_code",
                    "Logging in user 'x' to Steam Public...FAILED (Two-factor code mismatch)",
                    SteamTrouble::wrong_code},
        TroubleCase{"rate_limit", "Logging in user 'x' to Steam Public...FAILED (Rate Limit Exceeded)",
                    SteamTrouble::rate_limit},
        TroubleCase{"disk", "ERROR! Failed to install app '222860' (Disk write failure)",
                    SteamTrouble::not_written},
        TroubleCase{"offline",
                    "[----] !!! Fatal Error: Steamcmd needs to be online to update.   Please confirm "
                    "your network connection and try again.",
                    SteamTrouble::transient},
        TroubleCase{"threads", "CWorkThreadPool::StartWorkThread: Thread creation failed.",
                    SteamTrouble::transient},
        TroubleCase{"fatal", "[----] !!! Fatal Error: something else", SteamTrouble::unknown},
        TroubleCase{"kept_login", "Logging in user 'x' [U:1:0] to Steam Public...ERROR (Access Denied)",
                    SteamTrouble::login_lapsed},
        TroubleCase{"old_login", "Logging in user 'x' [U:1:0] to Steam Public...ERROR (Expired)",
                    SteamTrouble::login_lapsed},
        TroubleCase{"new_words", "ERROR! Something else (No idea)", SteamTrouble::unknown}),
    NameOfCase());

TEST(SteamPrompt, IsALineWithoutAnEnd)
{
    EXPECT_EQ(parse_steam_prompt("password: "), SteamPrompt::password);
    EXPECT_EQ(parse_steam_prompt("\x1b[0mSteam Guard code:"), SteamPrompt::guard_code);
    EXPECT_EQ(parse_steam_prompt("Two-factor code:"), SteamPrompt::guard_code);
    for (const auto* text : {"", "password", "password: x", "Steam Guard", "code:"})
        EXPECT_FALSE(parse_steam_prompt(text).has_value()) << text;
}

TEST(SteamAccountName, CanBeNoOtherWordOfTheCommandLine)
{
    for (const auto* name : {"a", "anonymous", "Ann_1.b-c", "ann@example.org"})
        EXPECT_THAT(SteamAccount::parse(name), Succeeds()) << name;
    for (const auto* name : {"", "+quit", "-x", "@x", ".x", "_x", "a b", "a\nb", "a'b", "ä"})
        EXPECT_THAT(SteamAccount::parse(name), FailsWith(ExitStatus::usage, "Steam account")) << name;
    EXPECT_THAT(SteamAccount::parse(std::string(64, 'a')), Succeeds());
    EXPECT_FALSE(SteamAccount::parse(std::string(65, 'a')).has_value());
}

TEST(SteamBuild, IsReadFromTheManifest)
{
    EXPECT_EQ(parse_build("\"AppState\"\n{\n\t\"appid\"\t\t\"222860\"\n\t\"buildid\"\t\t\"123\"\n}\n"),
              "123");
    for (const auto* text : {"", "\"buildid\"", "\"buildid\" \"", "\"buildid\" \"12", "\"buildid\" \"\"",
                             "\"buildid\" \"1x\"", "\"buildid\" \"123456789012345678901\""})
        EXPECT_EQ(parse_build(text), std::nullopt) << text;
}

} // namespace
} // namespace left4me
