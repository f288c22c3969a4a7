#include "model/rcon_password.hpp"

#include "text_case.hpp"

#include <set>

namespace left4me {
namespace {

using testing::HasSubstr;

struct PasswordCase {
    std::string name;
    std::string text;
    std::optional<std::string> password;
};

class RconPassword : public testing::TestWithParam<PasswordCase> {};

TEST_P(RconPassword, IsReadAsTheConsoleReadsALine)
{
    EXPECT_EQ(rcon_password_in(GetParam().text), GetParam().password);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, RconPassword,
    testing::Values(PasswordCase{"none", "", {}},
                    PasswordCase{"others", "hostname \"x\"\nsv_lan 0\n", {}},
                    PasswordCase{"quoted", "rcon_password \"se same\"\n", "se same"},
                    PasswordCase{"bare", "  rcon_password\tsesame", "sesame"},
                    PasswordCase{"both_quoted", "\"rcon_password\" \"sesame\"\r\n", "sesame"},
                    PasswordCase{"upper_case", "RCON_Password sesame\n", "sesame"},
                    PasswordCase{"comment", "// rcon_password sesame\n", {}},
                    PasswordCase{"comment_behind", "rcon_password sesame// mine\n", "sesame"},
                    PasswordCase{"slashes_in_quotes", "rcon_password \"a//b;c\"\n", "a//b;c"},
                    PasswordCase{"second_command", "sv_lan 0; rcon_password sesame; sv_cheats 0\n",
                                 "sesame"},
                    PasswordCase{"last_one_counts", "rcon_password a\nrcon_password b\n", "b"},
                    PasswordCase{"switched_off", "rcon_password a\nrcon_password \"\"\n", {}},
                    PasswordCase{"only_shown", "rcon_password\n", {}},
                    PasswordCase{"open_quote", "rcon_password \"sesame\nsv_lan 0\n", "sesame"},
                    PasswordCase{"said", "say \"rcon_password x\"\n", {}},
                    PasswordCase{"no_newline_at_the_end", "sv_lan 0\nrcon_password x", "x"}),
    [](const auto& row) { return row.param.name; });

TEST(RconPasswords, MayBeAnArgument)
{
    EXPECT_EQ(rcon_password_of({"+map", "c1m1_hotel", "+rcon_password", "sesame"}), "sesame");
    EXPECT_EQ(rcon_password_of({"+RCON_PASSWORD", "a", "+rcon_password", "b"}), "b");
    for (const auto& arguments : std::vector<std::vector<std::string>>{{},
                                                                       {"+rcon_password"},
                                                                       {"+rcon_password", ""},
                                                                       {"rcon_password", "a"},
                                                                       {"-rcon_password", "a"}})
        EXPECT_EQ(rcon_password_of(arguments), std::nullopt);
}

TEST(Secrets, MayBeInLinesThatNameOne)
{
    for (const std::string line :
         {"rcon_password sesame", "rcon_password", "RCON_Password x", "sv_password \"x y\"",
          "say hello; sv_password x", "sm_cvar rcon_password x", "alias a \"rcon_password x\"",
          "sv_setsteamaccount 0123", "tv_relaypassword x", "rcon_\"passw\"ord x", "sm_api_key x",
          "password x", "sm_webhook_token x"})
        EXPECT_TRUE(may_tell_a_secret(line)) << line;
    for (const std::string line : {"", "status", "say hello", "changelevel c1m1_hotel", "sv_cheats 0",
                                   "kick \"pass me\"", "sm_map c2m1_highway"})
        EXPECT_FALSE(may_tell_a_secret(line)) << line;
}

TEST(RconPasswords, AreNamedByLinesThatMaySetThem)
{
    for (const std::string line :
         {"rcon_password sesame", "RCON_Password", "a; rcon_password x", "sm_cvar rcon_password x",
          "alias a \"rcon_password x\"", "rcon_\"passw\"ord x", "+rcon_password", "a // rcon_password"})
        EXPECT_TRUE(names_rcon_password(line)) << line;
    for (const std::string line :
         {"", "sv_password x", "// rcon_password x", "  //rcon_password", "rcon"})
        EXPECT_FALSE(names_rcon_password(line)) << line;
}

TEST(RconPasswords, AreMadeUpAnewAndReadBack)
{
    std::set<std::string> made;
    for (int i = 0; i < 100; ++i) {
        const auto password = random_rcon_password();
        ASSERT_TRUE(password);
        EXPECT_EQ(password->size(), 32U);
        EXPECT_EQ(rcon_password_in(rcon_password_line(*password)), *password);
        made.insert(*password);
    }
    EXPECT_EQ(made.size(), 100U);
}

} // namespace
} // namespace left4me
