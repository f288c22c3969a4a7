#include "programs/web_text.hpp"

#include "accounts_test.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class WebText : public AccountsTest {};

TEST_F(WebText, LeadsToTheHostAndKeepsTheTokenBehindTheHash)
{
    const auto link = Token::make().value();
    EXPECT_EQ(welcome_address("", link), "http://127.0.0.1:8000/welcome#" + link.text().reveal());
    const auto address = welcome_address("l4d.example.org:8443", link);
    EXPECT_EQ(address, "https://l4d.example.org:8443/welcome#" + link.text().reveal());
    EXPECT_EQ(Token::parse_link(address)->hash(), link.hash());
}

TEST_F(WebText, TellsHowEachUserComesIn)
{
    EXPECT_THAT(format_users({}, now), HasSubstr("web-user add NAME --admin"));
    add("anna", Role::admin);
    add("berta");
    ASSERT_THAT(users.set_active(name("berta"), false), Succeeds());
    ASSERT_THAT(users.add(name("carl"), Role::user, now), Succeeds());
    const auto all = users.list().value();
    const auto text = format_users(all, now);
    EXPECT_THAT(text, ContainsRegex("anna +admin +yes +password +never"));
    EXPECT_THAT(text, ContainsRegex("berta +user +no +deactivated"));
    EXPECT_THAT(text, ContainsRegex("carl +user +no +link until 20"));
    EXPECT_THAT(format_users(all, now + one_time_link_life), ContainsRegex("carl +user +no +none"));
    const auto json = nlohmann::json::parse(format_users_json(all));
    EXPECT_EQ(json[0]["role"], "admin");
    EXPECT_EQ(json[0]["password"], true);
    EXPECT_EQ(json[0]["may_build"], true);
    EXPECT_EQ(json[0]["link_until"], nullptr);
    EXPECT_EQ(json[2]["link_until"], "2027-01-16T08:00:00Z");
    EXPECT_EQ(json[2]["signed_in"], nullptr);
}

} // namespace
} // namespace left4me
