#include "steam/steam_trouble.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

struct WordsCase {
    std::string name;
    std::string words;
    SteamTrouble trouble;
};
void PrintTo(const WordsCase& row, std::ostream* out)
{
    *out << row.words;
}

class UpdateWords : public testing::TestWithParam<WordsCase> {};
TEST_P(UpdateWords, HaveAMeaning)
{
    EXPECT_EQ(trouble_of_update("ERROR! Failed to install app '222860' (" + GetParam().words + ")"),
              GetParam().trouble);
}

INSTANTIATE_TEST_SUITE_P(
    Steam, UpdateWords,
    testing::Values(WordsCase{"platform", "Invalid platform", SteamTrouble::withheld},
                    WordsCase{"subscription", "No subscription", SteamTrouble::no_license},
                    WordsCase{"key", "Missing decryption key", SteamTrouble::no_license},
                    WordsCase{"space", "Not enough disk space", SteamTrouble::no_room},
                    WordsCase{"quota", "Not enough disk quota", SteamTrouble::no_room},
                    WordsCase{"write", "Disk write failure", SteamTrouble::not_written},
                    WordsCase{"read", "Disk read failure", SteamTrouble::not_written},
                    WordsCase{"corrupt_disk", "Corrupt disk", SteamTrouble::not_written},
                    WordsCase{"permissions", "Missing file permissions", SteamTrouble::not_accessible},
                    WordsCase{"path", "Invalid install path", SteamTrouble::not_accessible},
                    WordsCase{"locked", "File locked", SteamTrouble::not_accessible},
                    WordsCase{"game_files", "Corrupt game files", SteamTrouble::stuck},
                    WordsCase{"update_files", "Corrupt update files", SteamTrouble::stuck},
                    WordsCase{"missing_files", "Missing update files", SteamTrouble::stuck},
                    WordsCase{"configuration", "Missing configuration", SteamTrouble::transient},
                    WordsCase{"connection", "No connection", SteamTrouble::transient},
                    WordsCase{"servers", "No connection to content servers", SteamTrouble::transient},
                    WordsCase{"timeout", "Connection timeout", SteamTrouble::transient},
                    WordsCase{"busy", "Still busy", SteamTrouble::transient},
                    WordsCase{"old_client", "Steam client out of date", SteamTrouble::transient},
                    WordsCase{"none_of_these", "No idea", SteamTrouble::unknown}),
    NameOfCase());

class LoginWords : public testing::TestWithParam<WordsCase> {};
TEST_P(LoginWords, HaveAMeaning)
{
    EXPECT_EQ(trouble_of_login("FAILED (" + GetParam().words + ")"), GetParam().trouble);
}

INSTANTIATE_TEST_SUITE_P(
    Steam, LoginWords,
    testing::Values(WordsCase{"password", "Invalid Password", SteamTrouble::wrong_password},
                    WordsCase{"account", "Account Not Found", SteamTrouble::wrong_password},
                    WordsCase{"disabled", "Account Disabled", SteamTrouble::wrong_password},
                    WordsCase{"none_of_these", "No idea", SteamTrouble::wrong_password},
                    WordsCase{"denied", "Access Denied", SteamTrouble::login_lapsed},
                    WordsCase{"expired", "Expired", SteamTrouble::login_lapsed},
                    WordsCase{"token", "Invalid Login Token", SteamTrouble::login_lapsed},
                    WordsCase{"credential", "Cached credential is invalid", SteamTrouble::login_lapsed},
                    WordsCase{"code", "Invalid Login Auth Code", SteamTrouble::wrong_code},
                    WordsCase{"old_code", "Expired Login Auth Code", SteamTrouble::wrong_code},
                    WordsCase{"mismatch", "Two-factor code mismatch", SteamTrouble::wrong_code},
                    WordsCase{"rate", "Rate Limit Exceeded", SteamTrouble::rate_limit},
                    WordsCase{"throttle", "Account Login Denied Throttle", SteamTrouble::rate_limit},
                    WordsCase{"connection", "No Connection", SteamTrouble::transient},
                    WordsCase{"service", "Service Unavailable", SteamTrouble::transient},
                    WordsCase{"another", "Try another CM", SteamTrouble::transient},
                    WordsCase{"failure", "Failure", SteamTrouble::transient}),
    NameOfCase());

struct StateCase {
    std::string state;
    SteamTrouble trouble;
    std::string meaning;
};
void PrintTo(const StateCase& row, std::ostream* out)
{
    *out << row.state;
}

class SteamStates : public testing::TestWithParam<StateCase> {};
TEST_P(SteamStates, HaveAMeaning)
{
    for (const auto& line : {"Error! App '222860' state is " + GetParam().state + " after update job.",
                             "Error! State is " + GetParam().state + " after update job."}) {
        const auto state = parse_steam_state(line);
        ASSERT_TRUE(state.has_value()) << line;
        EXPECT_EQ(state->trouble, GetParam().trouble);
        EXPECT_THAT(std::string(state->meaning), testing::HasSubstr(GetParam().meaning));
    }
}

INSTANTIATE_TEST_SUITE_P(Steam, SteamStates,
                         testing::Values(StateCase{"0x2", SteamTrouble::stuck, "did not begin"},
                                         StateCase{"0x6", SteamTrouble::stuck, "did not begin"},
                                         StateCase{"0xE", SteamTrouble::stuck, "did not begin"},
                                         StateCase{"0x26", SteamTrouble::stuck, "missing"},
                                         StateCase{"0x626", SteamTrouble::stuck, "missing"},
                                         StateCase{"0x6A6", SteamTrouble::stuck, "damaged"},
                                         StateCase{"0x86", SteamTrouble::stuck, "damaged"},
                                         StateCase{"0x10C", SteamTrouble::transient, "running"},
                                         StateCase{"0x10E", SteamTrouble::transient, "running"},
                                         StateCase{"0x10502", SteamTrouble::transient, "running"},
                                         StateCase{"0x202", SteamTrouble::transient, "room"},
                                         StateCase{"0x206", SteamTrouble::transient, "room"},
                                         StateCase{"0x212", SteamTrouble::transient, "room"},
                                         StateCase{"0x402", SteamTrouble::transient, "connection"},
                                         StateCase{"0x406", SteamTrouble::transient, "connection"},
                                         StateCase{"0x602", SteamTrouble::transient, "network"},
                                         StateCase{"0x606", SteamTrouble::transient, "disk"},
                                         StateCase{"0x10", SteamTrouble::unknown, ""},
                                         StateCase{"0x0", SteamTrouble::unknown, ""}),
                         [](const auto& row) { return row.param.state; });

TEST(SteamState, IsANumber)
{
    for (const auto* line :
         {"", "Error! App '222860' state is 0x", "Error! App '222860' state is 0xg after update job.",
          "Error! App '222860' state is 0x6", "state is 6", "ERROR! Failed to install app '1' (x)"})
        EXPECT_EQ(parse_steam_state(line).has_value(), std::string(line).ends_with("0x6")) << line;
}

} // namespace
} // namespace left4me
