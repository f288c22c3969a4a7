#include "game/connected_players.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// As Left 4 Dead 2 says it.
constexpr std::string_view answer =
    "hostname: x\nplayers : 2 humans, 1 bots (8 max)\n\n"
    "# userid name uniqueid connected ping loss state rate adr\n"
    "#  2 1 \"Zoey\" STEAM_1:0:12345 1:02:33 45 0 active 30000 203.0.113.5:27005\n"
    "# 12 2 \"\" STEAM_1:1:77 00:05 45 0 spawning 30000 203.0.113.6:27005\n"
    "# 3 \"Ellis\" BOT active\n#end\n";

TEST(ConnectedPlayers, AreTheRowsWithANumber)
{
    EXPECT_THAT(connected_players_in(answer),
                ElementsAre(ConnectedPlayer{2, "Zoey", "STEAM_1:0:12345", "1:02:33"},
                            ConnectedPlayer{12, "", "STEAM_1:1:77", "00:05"},
                            ConnectedPlayer{3, "Ellis", "BOT", ""}));
    EXPECT_TRUE(connected_players_in(answer)[2].is_bot());
}

/// Nobody can pass for somebody else by their name.
TEST(ConnectedPlayers, HaveNamesOfAnyBytes)
{
    EXPECT_THAT(
        connected_players_in("# 7 1 \"a\" STEAM_1:0:1 00:01 \"; quit\xff\" STEAM_1:0:9 00:02\n"),
        ElementsAre(ConnectedPlayer{7, "a\" STEAM_1:0:1 00:01 \"; quit\xff", "STEAM_1:0:9", "00:02"}));
    EXPECT_THAT(connected_players_in("# 7 1 \"a\" STEAM<b>1 0;1\n"),
                ElementsAre(ConnectedPlayer{7, "a", "", ""}));
    EXPECT_THAT(connected_players_in("# 7 1 \"a\" " + std::string(65, '1') + " 1\n"),
                ElementsAre(ConnectedPlayer{7, "a", "", "1"}));
}

class NoPlayer : public testing::TestWithParam<TextCase> {};
TEST_P(NoPlayer, IsInIt)
{
    EXPECT_THAT(connected_players_in(GetParam().text), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Texts, NoPlayer,
                         testing::Values(TextCase{"empty", ""},
                                         TextCase{"no_number", "# x 1 \"a\" BOT\n"},
                                         TextCase{"too_large", "# 4294967296 1 \"a\" BOT\n"},
                                         TextCase{"negative", "# -1 1 \"a\" BOT\n"},
                                         TextCase{"no_name", "# 2 1 STEAM_1:0:1 00:01\n"},
                                         TextCase{"one_quote", "# 2 1 \"a STEAM_1:0:1\n"},
                                         TextCase{"no_mark", "2 1 \"a\" BOT\n"}),
                         NameOfCase());

TEST(ConnectedPlayers, AreNoMoreThanSoMany)
{
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many += "# 2 1 \"a\" BOT\n";
    EXPECT_EQ(connected_players_in(many).size(), max_connected_players);
}

} // namespace
} // namespace left4me
