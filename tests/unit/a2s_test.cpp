#include "game/a2s.hpp"

#include "text_case.hpp"

#include <limits>

namespace left4me {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

/// As Left 4 Dead 2 tells it: https://developer.valvesoftware.com/wiki/Server_queries#A2S_INFO
const std::string info = "I\x11My server\0c1m1_hotel\0left4dead2\0Left 4 Dead 2\0\x26\x02\x03\x08\x01"
                         "dl\x01\x01"s
                         "2.2.4.3\0"s;
const std::string extra = "\xF1\x87\x69"s               // all but none, and its port, 27015
                          "\x01\0\0\0\0\0\x10\x01"s     // its Steam ID
                          "\x88\x69spectators\0"s       //
                          "coop,custom\0"s              //
                          "\x26\x02\0\0\0\0\0\0"s;      // the game's whole number

ServerInfo told()
{
    return {.name = "My server",
            .map = "c1m1_hotel",
            .folder = "left4dead2",
            .game = "Left 4 Dead 2",
            .version = "2.2.4.3",
            .keywords = "coop,custom",
            .app_id = 550,
            .players = 3,
            .max_players = 8,
            .bots = 1,
            .has_password = true,
            .is_secure = true,
            .port = 27015,
            .steam_id = 0x0110'0000'0000'0001};
}

TEST(QueryPackets, AreAsValveHasThem)
{
    EXPECT_EQ(query_packet(Query::info, {}), "\xFF\xFF\xFF\xFFTSource Engine Query\0"s);
    EXPECT_EQ(query_packet(Query::info, Challenge{0x04030201}),
              "\xFF\xFF\xFF\xFFTSource Engine Query\0\x01\x02\x03\x04"s);
    EXPECT_EQ(query_packet(Query::players, {}), "\xFF\xFF\xFF\xFFU\xFF\xFF\xFF\xFF"s);
    EXPECT_EQ(query_packet(Query::rules, Challenge{1}), "\xFF\xFF\xFF\xFFV\x01\0\0\0"s);
}

TEST(QueryAnswers, TellWhatAServerIs)
{
    const auto answer = parse_query_answer(info + extra);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(std::get<ServerInfo>(*answer), told());
}

TEST(QueryAnswers, MayEndBeforeWhatIsExtra)
{
    auto expected = told();
    expected.port = {};
    expected.steam_id = {};
    expected.keywords = {};
    EXPECT_EQ(std::get<ServerInfo>(parse_query_answer(info).value()), expected);
    EXPECT_EQ(std::get<ServerInfo>(parse_query_answer(info + "\0"s).value()), expected);
}

TEST(QueryAnswers, AreRefusedWhereAFieldIsCut)
{
    const std::string whole = info + extra.substr(0, extra.size() - 8);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        if (size == info.size())
            continue;
        const auto answer = parse_query_answer(whole.substr(0, size));
        ASSERT_FALSE(answer) << size;
        EXPECT_EQ(answer.error().status, ExitStatus::bad_data);
        EXPECT_THAT(answer.error().message, HasSubstr("ends in the middle"));
    }
}

TEST(QueryAnswers, ThatAreNoneAreRefused)
{
    for (const auto& text : {""s, "Z"s, "A\x01\0"s, "\x1b[2J"s}) {
        const auto answer = parse_query_answer(text);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().status, ExitStatus::bad_data);
        EXPECT_EQ(escaped(answer.error().message), answer.error().message);
    }
}

TEST(QueryAnswers, HaveChallenges)
{
    EXPECT_EQ(std::get<Challenge>(parse_query_answer("A\x01\x02\x03\x04"s).value()),
              Challenge{0x04030201});
}

const std::string two_players = "D\x02"s
                                "\0Anna\0\x05\0\0\0\0\0\x80\x3F"s // 1.0 s
                                "\0\x1b]0;x\x07\xFF\0\xFF\xFF\xFF\xFF\0\0\xC0\x7F"s; // NaN

TEST(QueryAnswers, TellPlayersOfAnyName)
{
    const std::vector<Player> expected = {{"Anna", 5, 1}, {"\x1b]0;x\x07\xFF", -1, 0}};
    EXPECT_EQ(std::get<std::vector<Player>>(parse_query_answer(two_players).value()), expected);
}

TEST(QueryAnswers, GiveThePlayersThatAreThereWhateverTheirNumberIs)
{
    auto text = two_players;
    text[1] = '\xFF';
    EXPECT_EQ(std::get<std::vector<Player>>(parse_query_answer(text).value()).size(), 2U);
    text.resize(text.size() - 1);
    EXPECT_EQ(std::get<std::vector<Player>>(parse_query_answer(text).value()).size(), 1U);
    text[1] = '\0';
    EXPECT_TRUE(std::get<std::vector<Player>>(parse_query_answer(text).value()).empty());
}

TEST(QueryAnswers, TellRulesAndThoseThatAreThereOfACutAnswer)
{
    const std::vector<Rule> expected = {{"mp_gamemode", "coop"}, {"sv_tags", ""}};
    EXPECT_EQ(std::get<std::vector<Rule>>(
                  parse_query_answer("E\x02\0mp_gamemode\0coop\0sv_tags\0\0"s).value()),
              expected);
    EXPECT_EQ(std::get<std::vector<Rule>>(
                  parse_query_answer("E\xFF\xFFmp_gamemode\0coop\0sv_tags\0\0sv_"s).value()),
              expected);
}

} // namespace
} // namespace left4me
