#include "game/server_query.hpp"

#include "game/packet_reader.hpp"
#include "game/query_conversation.hpp"
#include "text_case.hpp"

#include <bzlib.h>

namespace left4me {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

const auto simple = "\xFF\xFF\xFF\xFF"s;
const auto rules = "E\x01\0mp_gamemode\0coop\0"s;

/// A part of a split answer, as Valve's page has it.
std::string part(std::uint32_t id, int count, int number, std::string_view content)
{
    std::string packet = "\xFE\xFF\xFF\xFF"s;
    put_number32(packet, id);
    packet += static_cast<char>(count);
    packet += static_cast<char>(number);
    packet += "\xE0\x04"s; // 1248
    return packet.append(content);
}

std::string compressed(std::string text, std::uint32_t size)
{
    std::string packed(text.size() + 1000, '\0');
    auto length = static_cast<unsigned>(packed.size());
    EXPECT_EQ(BZ2_bzBuffToBuffCompress(packed.data(), &length, text.data(),
                                       static_cast<unsigned>(text.size()), 9, 0, 0),
              BZ_OK);
    std::string content;
    put_number32(content, size);
    put_number32(content, 0); // the CRC
    return content + packed.substr(0, length);
}

std::optional<std::string> added(SplitAnswer& answer, std::string_view datagram)
{
    const auto result = answer.add(datagram);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(std::nullopt);
}

void expect_refusal(std::string_view datagram)
{
    SplitAnswer answer;
    const auto result = answer.add(datagram);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().status, ExitStatus::bad_data);
    // What comes next has nothing of it.
    EXPECT_EQ(added(answer, simple + "next"), "next");
}

TEST(SplitAnswers, OfOneDatagramAreWholeAtOnce)
{
    SplitAnswer answer;
    EXPECT_EQ(added(answer, simple + rules), rules);
}

TEST(SplitAnswers, ComeInAnyOrderAndTwice)
{
    SplitAnswer answer;
    const auto whole = simple + rules;
    EXPECT_EQ(added(answer, part(7, 3, 2, whole.substr(15))), std::nullopt);
    EXPECT_EQ(added(answer, part(7, 3, 0, whole.substr(0, 5))), std::nullopt);
    EXPECT_EQ(added(answer, part(7, 3, 0, "again")), std::nullopt);
    EXPECT_EQ(added(answer, part(7, 3, 1, whole.substr(5, 10))), rules);
}

TEST(SplitAnswers, GiveWayToTheNextOne)
{
    SplitAnswer answer;
    EXPECT_EQ(added(answer, part(7, 2, 0, "lost")), std::nullopt);
    EXPECT_EQ(added(answer, part(8, 2, 1, "xt")), std::nullopt);
    EXPECT_EQ(added(answer, part(8, 2, 0, simple + "ne")), "next");
}

TEST(SplitAnswers, MayBeCompressed)
{
    SplitAnswer answer;
    const auto whole = simple + std::string(5000, 'x');
    const auto packed = compressed(whole, static_cast<std::uint32_t>(whole.size()));
    EXPECT_EQ(added(answer, part(0x80000007, 2, 0, packed.substr(0, 20))), std::nullopt);
    EXPECT_EQ(added(answer, part(0x80000007, 2, 1, packed.substr(20))), whole.substr(4));
}

TEST(SplitAnswers, ThatDoNotFitTogetherAreRefused)
{
    const auto whole = simple + std::string(5000, 'x');
    for (const auto& datagram : {
             ""s,
             "\xFF\xFF\xFF"s,
             "\xFD\xFF\xFF\xFFtext"s,
             part(7, 1, 0, "x").substr(0, 11),
             part(7, 0, 0, "x"),
             part(7, 2, 2, "x"),
             part(7, 1, 0, "no header"),
             part(0x80000007, 1, 0, "x"),
             part(0x80000007, 1, 0, compressed(whole, 0xFFFFFFFF)),
             part(0x80000007, 1, 0, compressed(whole, 100)), // more than it says
             part(0x80000007, 1, 0, compressed(whole, 6000).substr(0, 30)),
         })
        expect_refusal(datagram);
}

TEST(SplitAnswers, AreBounded)
{
    SplitAnswer answer;
    const std::string much(60'000, 'x');
    EXPECT_EQ(added(answer, part(7, 255, 0, much)), std::nullopt);
    EXPECT_EQ(added(answer, part(7, 255, 1, much)), std::nullopt);
    EXPECT_FALSE(answer.add(part(7, 255, 2, much)));
}

std::optional<QueryAnswer> taken(ServerQuery& query, std::string_view datagram)
{
    const auto result = query.take(datagram);
    EXPECT_TRUE(result) << result.error().message;
    return result.value_or(std::nullopt);
}

TEST(ServerQueries, AreAskedAgainWithTheNumberThatTheServerWants)
{
    ServerQuery query(Query::rules);
    EXPECT_EQ(taken(query, simple + "A\x01\x02\x03\x04"), std::nullopt);
    EXPECT_TRUE(query.must_send());
    EXPECT_EQ(query.packet(), query_packet(Query::rules, Challenge{0x04030201}));
    const auto answer = taken(query, simple + rules);
    EXPECT_FALSE(query.must_send());
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<std::vector<Rule>>(*answer), (std::vector<Rule>{{"mp_gamemode", "coop"}}));
}

TEST(ServerQueries, PassOverAnswersToOtherQuestions)
{
    ServerQuery query(Query::players);
    EXPECT_EQ(taken(query, simple + rules), std::nullopt);
    EXPECT_FALSE(query.must_send());
    EXPECT_TRUE(taken(query, simple + "D\0"s));
}

TEST(ServerQueries, EndWhereAServerWantsOneNumberAfterTheOther)
{
    ServerQuery query(Query::info);
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(taken(query, simple + "A\x01\x02\x03\x04"), std::nullopt);
    const auto result = query.take(simple + "A\x01\x02\x03\x04");
    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr("one number after the other"));
    EXPECT_FALSE(query.must_send());
}

TEST(ServerQueries, SayWhenNobodyHasThePort)
{
    // Nothing of this machine has it: ports below 1024 and the games' range are none of it.
    const auto answer =
        ask_server(GamePort::parse("1026").value(), Query::info, std::chrono::milliseconds(50));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().status, ExitStatus::unavailable);
}

} // namespace
} // namespace left4me
