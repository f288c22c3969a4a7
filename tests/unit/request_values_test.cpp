#include "web/request_values.hpp"

#include "web/event_text.hpp"

#include <gtest/gtest.h>
#include <string>

namespace left4me::web {
namespace {

TEST(Form, IsReadAsBrowsersWriteIt)
{
    const auto form = parse_form("name=anna&password=a%20b%2Bc+d%26%3D&code=&note=%C3%A9%0D%0A");
    ASSERT_TRUE(form);
    EXPECT_EQ(value_of(*form, "name"), "anna");
    EXPECT_EQ(value_of(*form, "password"), "a b+c d&=");
    EXPECT_EQ(value_of(*form, "code"), "");
    EXPECT_EQ(value_of(*form, "note"), "\xc3\xa9\n");
    EXPECT_EQ(value_of(*form, "other"), "");
    EXPECT_TRUE(parse_form("")->empty());
}

struct NoForm : testing::TestWithParam<std::string> {};

TEST_P(NoForm, IsRefused)
{
    EXPECT_FALSE(parse_form(GetParam()));
}

std::string fields(int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "f" + std::to_string(i) + "=x&";
    return text;
}

INSTANTIATE_TEST_SUITE_P(Of, NoForm,
                         testing::Values("a", "a=b&c", "a=%", "a=%4", "a=%zz", "a=%+1", "a=%00", "a=%1b",
                                         "a=%c3", "a=%ff", "a=b&a=c", "&", fields(1101)));

TEST(Cookie, IsTheOneOfThatName)
{
    EXPECT_EQ(cookie_in("left4me=abc", "left4me"), "abc");
    EXPECT_EQ(cookie_in("a=b; left4me=abc=; c=d", "left4me"), "abc=");
    EXPECT_EQ(cookie_in("xleft4me=1; left4mex=2; left4me =3", "left4me"), std::nullopt);
    EXPECT_EQ(cookie_in("", "left4me"), std::nullopt);
    EXPECT_EQ(cookie_in(";;left4me;=", "left4me"), std::nullopt);
}

TEST(Cookie, ThatComesTwiceIsNone)
{
    EXPECT_EQ(cookie_in("left4me=a; left4me=b", "left4me"), std::nullopt);
    EXPECT_EQ(cookie_in("left4me=a; left4me=a", "left4me"), std::nullopt);
}

// --- events ----------------------------------------------------------------------------------

TEST(Event, HasEachLineAsItsData)
{
    EXPECT_EQ(event_text("log", "a\nb", "7"), "event: log\nid: 7\ndata: a\ndata: b\n\n");
    EXPECT_EQ(event_text("log", "", ""), "event: log\ndata: \n\n");
}

TEST(Event, CannotBeEndedByItsData)
{
    EXPECT_EQ(event_text("log", "a\n\nevent: x\rdata: y", ""),
              "event: log\ndata: a\ndata: \ndata: event: x\ndata: data: y\n\n");
    EXPECT_EQ(event_text("log", "a", "7\ndata: x"), "event: log\ndata: a\n\n");
}

} // namespace
} // namespace left4me::web
