#include "web/web_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace left4me::web {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(WebSettings, HaveNoProxyIfNothingIsSaid)
{
    const auto settings = parse_web_settings("web.env", "SECRET_KEY=00\n");
    ASSERT_TRUE(settings);
    EXPECT_FALSE(settings->proxy);
    EXPECT_TRUE(settings->unknown.empty());
}

TEST(WebSettings, NameAProxy)
{
    EXPECT_TRUE(parse_web_settings("web.env", "# TLS\nLEFT4ME_WEB_PROXY=yes\n")->proxy);
    EXPECT_FALSE(parse_web_settings("web.env", "LEFT4ME_WEB_PROXY=no\n")->proxy);
}

TEST(WebSettings, SayHowManyServersAUserMayMake)
{
    EXPECT_EQ(parse_web_settings("web.env", "")->servers_of_user, 8);
    EXPECT_EQ(parse_web_settings("web.env", "LEFT4ME_WEB_SERVERS_OF_USER=0\n")->servers_of_user, 0);
    for (const auto* bad : {"", "-1", "1001", "many", "8 "})
        EXPECT_FALSE(
            parse_web_settings("web.env", std::string("LEFT4ME_WEB_SERVERS_OF_USER=") + bad + "\n"))
            << bad;
}

TEST(KnownHosts, AreThisOneAndTheNameThatIsSaid)
{
    EXPECT_THAT(known_hosts(""), ElementsAre("localhost", "127.0.0.1"));
    EXPECT_THAT(known_hosts("Games.example.org:8443"),
                ElementsAre("localhost", "127.0.0.1", "games.example.org"));
}

TEST(WebSettings, NoteWhatIsNone)
{
    EXPECT_THAT(parse_web_settings("web.env", "LEFT4ME_WEB_PORT=1\n")->unknown,
                ElementsAre("line 1: 'LEFT4ME_WEB_PORT'"));
}

TEST(WebSettings, RefuseWhatCannotBe)
{
    for (const auto* line : {"LEFT4ME_WEB_PROXY=1", "LEFT4ME_WEB_PROXY=", "no setting"}) {
        const auto settings = parse_web_settings("web.env", line);
        ASSERT_FALSE(settings) << line;
        EXPECT_EQ(settings.error().status, ExitStatus::bad_data);
        EXPECT_THAT(settings.error().message, HasSubstr("web.env:1: "));
    }
}

} // namespace
} // namespace left4me::web
