#include "text_case.hpp"
#include "web/head_policy.hpp"

#include <gtest/gtest.h>
#include <string>

namespace left4me::web {
namespace {

const HeadRules rules = {.hosts = {"localhost", "127.0.0.1", "games.example.org"}};

/// 0: it is accepted.
unsigned judged(const std::string& head)
{
    const auto judgement = judge_head(head, rules);
    return judgement ? 0 : judgement.error();
}

std::string get(const std::string& more)
{
    return "GET / HTTP/1.1\r\nHost: localhost:8000\r\n" + more + "\r\n";
}

std::string post(const std::string& more)
{
    return "POST /sign-in HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

struct Row {
    std::string name;
    std::string head;
    unsigned status;
};

void PrintTo(const Row& row, std::ostream* out)
{
    *out << row.name;
}

struct HeadPolicy : testing::TestWithParam<Row> {};

TEST_P(HeadPolicy, Judges)
{
    EXPECT_EQ(judged(GetParam().head), GetParam().status);
}

std::string many_fields(int count)
{
    std::string fields;
    for (int i = 0; i < count; ++i)
        fields += "A: b\r\n";
    return fields;
}

INSTANTIATE_TEST_SUITE_P(
    Accepts, HeadPolicy,
    testing::Values(Row{"AGet", get(""), 0}, Row{"ALengthOfNothing", get("Content-Length: 0\r\n"), 0},
                    Row{"APost", post("Content-Length: 12\r\n"), 0},
                    Row{"AnEmptyPost", post("Content-Length: 0\r\n"), 0},
                    Row{"ABodyAsLargeAsMayBe", post("Content-Length: 65536\r\n"), 0},
                    Row{"AnotherName", "GET / HTTP/1.1\r\nHost: Games.Example.ORG\r\n\r\n", 0},
                    Row{"ANameWithItsPort", "GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n", 0},
                    Row{"BlanksAroundAValue", get("A: \t b \t\r\n"), 0},
                    Row{"BytesBeyondAscii", get("User-Agent: \xc3\xa9\xff\r\n"), 0},
                    Row{"AQuery", "HEAD /a?b=c HTTP/1.1\r\nHost: localhost\r\n\r\n", 0}),
    NameOfCase());

/// What breaks others, and Beast's parser too in part (boostorg/beast #3077 #3096 #3098 #3102).
INSTANTIATE_TEST_SUITE_P(
    Abuse, HeadPolicy,
    testing::Values(
        Row{"LengthAndCoding", post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), 400},
        Row{"UnknownCoding", post("Transfer-Encoding: x\r\n"), 501},
        Row{"LineFeedInAChunksExtensionNeverComesToBeRead", post("Transfer-Encoding: chunked\r\n"), 501},
        Row{"TwoLengths", post("Content-Length: 4\r\nContent-Length: 4\r\n"), 400},
        Row{"LengthWithASign", post("Content-Length: +4\r\n"), 400},
        Row{"LengthsInOneField", post("Content-Length: 4, 4\r\n"), 400},
        Row{"OldVersionWithChunks",
            "POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", 505},
        Row{"BlankBeforeTheColon", post("Content-Length : 4\r\n"), 400},
        Row{"FoldedField", get("A: b\r\n c\r\n"), 400},
        Row{"BareLineFeed", "GET / HTTP/1.1\r\nHost: localhost\nA: b\r\n\r\n", 400},
        Row{"BareCarriageReturn", get("A: b\rc\r\n"), 400},
        Row{"Nul", get(std::string("A: b\0c\r\n", 8)), 400},
        Row{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400}, Row{"TwoHosts", get("Host: localhost\r\n"), 400},
        Row{"HugeHead", get("A: " + std::string(100'000, 'a') + "\r\n"), 431},
        Row{"ThousandsOfFields", get(many_fields(5000)), 431},
        Row{"MoreFieldsThanMayBe", get(many_fields(64)), 431},
        Row{"AbsoluteTarget", "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        Row{"LengthOfAGigabyte", post("Content-Length: 1000000000\r\n"), 413},
        Row{"OneByteMoreThanMayBe", post("Content-Length: 65537\r\n"), 413},
        Row{"LengthBeyondAllNumbers", post("Content-Length: " + std::string(40, '9') + "\r\n"), 413}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Refuses, HeadPolicy,
    testing::Values(
        Row{"Nothing", "", 400}, Row{"AHeadWithoutItsEnd", "GET / HTTP/1.1\r\nHost: localhost\r\n", 400},
        Row{"BytesBehindItsEnd", get("") + "x", 400},
        Row{"AnotherHost", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
        Row{"AHostThatOnlyBeginsSo", "GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421},
        Row{"APortThatIsNone", "GET / HTTP/1.1\r\nHost: localhost:80x\r\n\r\n", 421},
        Row{"AnEmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 421},
        Row{"AnotherMethod", "PUT / HTTP/1.1\r\nHost: localhost\r\n\r\n", 501},
        Row{"AMethodInSmallLetters", "get / HTTP/1.1\r\nHost: localhost\r\n\r\n", 501},
        Row{"AnotherVersion", "GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505},
        Row{"NoVersion", "GET /\r\nHost: localhost\r\n\r\n", 400},
        Row{"TwoBlanks", "GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        Row{"ALongTarget", "GET /" + std::string(3000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
            414},
        Row{"AFragment", "GET /#a HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        Row{"ATargetBeyondAscii", "GET /\xc3\xa9 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        Row{"AnyTarget", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 400},
        Row{"ABodyOfAGet", get("Content-Length: 4\r\n"), 400}, Row{"APostWithoutALength", post(""), 411},
        Row{"AnExpectation", post("Content-Length: 4\r\nExpect: 100-continue\r\n"), 417},
        Row{"TwoOrigins", get("Origin: a\r\nOrigin: b\r\n"), 400},
        Row{"TwoCookies", get("Cookie: a=b\r\nCookie: c=d\r\n"), 400},
        Row{"AFieldWithoutAName", get(": b\r\n"), 400}, Row{"AFieldWithoutAColon", get("A\r\n"), 400}),
    NameOfCase());

TEST(HeadPolicyHead, HasWhatIsInIt)
{
    const auto head = judge_head("POST /a?b HTTP/1.1\r\nHOST: LOCALHOST:80\r\nX-Some: a:b\r\n"
                                 "Connection: Keep-Alive, Close\r\nContent-Length: 007\r\n\r\n",
                                 rules);
    ASSERT_TRUE(head);
    EXPECT_EQ(head->method, Method::post);
    EXPECT_EQ(head->target, "/a?b");
    EXPECT_EQ(head->host, "localhost:80");
    EXPECT_EQ(head->body_size, 7U);
    EXPECT_FALSE(head->keep_alive);
    EXPECT_EQ(head->fields.at(1).name, "x-some");
    EXPECT_EQ(head->fields.at(1).value, "a:b");
}

// --- who asks ------------------------------------------------------------------------------

const std::vector<Field> forwarded = {{"x-forwarded-for", "6.6.6.6, 203.0.113.7"},
                                      {"x-forwarded-proto", "https"}};

TEST(Asker, IsTheOtherEndWithoutAProxy)
{
    const auto asker = asker_of(forwarded, "127.0.0.1", false);
    EXPECT_EQ(asker.address, "127.0.0.1");
    EXPECT_FALSE(asker.secure);
}

TEST(Asker, IsWhatAProxyOfThisHostSawAndNotWhatItWasTold)
{
    const auto asker = asker_of(forwarded, "127.0.0.1", true);
    EXPECT_EQ(asker.address, "203.0.113.7");
    EXPECT_TRUE(asker.secure);
}

TEST(Asker, OfAnotherHostIsNoProxy)
{
    const auto asker = asker_of(forwarded, "203.0.113.9", true);
    EXPECT_EQ(asker.address, "203.0.113.9");
    EXPECT_FALSE(asker.secure);
}

} // namespace
} // namespace left4me::web
