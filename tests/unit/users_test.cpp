#include "accounts/users.hpp"

#include "accounts/password.hpp"
#include "accounts/second_factor.hpp"
#include "accounts/server_access.hpp"
#include "accounts_test.hpp"

namespace left4me {
namespace {

using testing::Optional;

// --- names and passwords -------------------------------------------------------------

class BadUserName : public testing::TestWithParam<TextCase> {};
TEST_P(BadUserName, IsRefused)
{
    EXPECT_THAT(UserName::parse(GetParam().text),
                FailsWith(ExitStatus::usage, "is not a user's name: " + GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(Users, BadUserName,
                         testing::Values(TextCase{"empty", ""}, TextCase{"capital", "Anna"},
                                         TextCase{"dash_first", "-a"}, TextCase{"dot", "a.b"},
                                         TextCase{"slash", "a/b"}, TextCase{"nul", {"a\0", 2}},
                                         TextCase{"long", std::string(33, 'a')}),
                         NameOfCase());

TEST(UserNames, AreThoseThatTheTableTakes)
{
    for (const auto& text : {std::string("a"), std::string("0_-"), std::string(32, 'z')})
        EXPECT_THAT(UserName::parse(text), Succeeds()) << text;
}

class BadPassword : public testing::TestWithParam<TextCase> {};
TEST_P(BadPassword, IsRefused)
{
    EXPECT_THAT(check_new_password(Secret(GetParam().text)),
                FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(Users, BadPassword,
                         testing::Values(TextCase{"empty", "", "12 characters or more"},
                                         TextCase{"short", "12345678901", "12 characters or more"},
                                         TextCase{"few_but_of_two_bytes", "ääääää", "12 characters"},
                                         TextCase{"long", std::string(1025, 'a'), "at most 1024"},
                                         TextCase{"line", "12345678901\n2", "control characters"},
                                         TextCase{"nul", {"123456789012\0", 13}, "control characters"},
                                         TextCase{"no_utf8", "123456789012\xff", "UTF-8"}),
                         NameOfCase());

TEST(Passwords, OfTwelveCharactersAreTaken)
{
    EXPECT_THAT(check_new_password(Secret("123456789012")), Succeeds());
    EXPECT_THAT(check_new_password(Secret("ääääääöööööö")), Succeeds());
    EXPECT_THAT(check_new_password(Secret(std::string(1024, ' '))), Succeeds());
}

TEST(Passwords, AreKeptAsArgon2id)
{
    const Secret password("correct horse battery");
    const auto hash = hash_password(password).value();
    EXPECT_THAT(hash, testing::StartsWith("$argon2id$v=19$m=19456,t=2,p=1$"));
    EXPECT_NE(hash, hash_password(password).value()) << "it has no salt";
    EXPECT_TRUE(is_password(password, hash));
    EXPECT_FALSE(is_password(Secret("correct horse batterx"), hash));
    EXPECT_FALSE(is_password(Secret(""), hash));
    EXPECT_FALSE(is_password(password, ""));
    EXPECT_FALSE(is_password(password, "no hash"));
    EXPECT_FALSE(is_outdated_hash(hash));
    EXPECT_TRUE(is_outdated_hash("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$"
                                 "Iad2gVkKHnQhNYt3K9bH0Q7d1ORgz9yWTlWFhbDn5J8"));
}

// --- tokens ----------------------------------------------------------------------------

TEST(Tokens, AreReadAsTheyAreWritten)
{
    const auto token = Token::make().value();
    const auto text = token.text();
    EXPECT_EQ(text.reveal().size(), 43U);
    EXPECT_EQ(Token::parse(text.reveal())->hash(), token.hash());
    EXPECT_EQ(token.hash().size(), 32U);
    EXPECT_NE(Token::make()->hash(), token.hash());
    const auto link = "https://l4d.example/welcome#" + text.reveal();
    EXPECT_EQ(Token::parse_link(" " + link + "\r\n")->hash(), token.hash());
    EXPECT_EQ(Token::parse_link(text.reveal())->hash(), token.hash());
}

TEST(Tokens, AreNothingElse)
{
    const std::string text = Token::make()->text().reveal();
    for (const auto& wrong : {std::string(), text.substr(1), text + "A", text + "=", " " + text,
                              text.substr(0, 42) + "+", text.substr(0, 42) + std::string(1, '\0'),
                              std::string(42, 'A') + "B", std::string(100'000, 'A')})
        EXPECT_FALSE(Token::parse(wrong)) << wrong;
    for (const auto* wrong : {"", "#", "https://a/welcome#", "\n"})
        EXPECT_FALSE(Token::parse_link(wrong)) << wrong;
}

TEST(Tokens, HaveOthersThatFollowFromThem)
{
    const auto token = Token::make().value();
    EXPECT_EQ(token.derived("a"), token.derived("a"));
    EXPECT_NE(token.derived("a"), token.derived("b"));
    EXPECT_NE(token.derived("a"), Token::make()->derived("a"));
    EXPECT_EQ(token.derived("a").size(), 43U);
}

// --- users -----------------------------------------------------------------------------

class UsersTest : public AccountsTest {
protected:
    const Secret another{"another long password"};
};

TEST_F(UsersTest, AreAddedOnceAndListedByName)
{
    add("berta");
    ASSERT_THAT(users.add(name("anna"), Role::admin, now), Succeeds());
    EXPECT_THAT(users.add(name("anna"), Role::user, now),
                FailsWith(ExitStatus::bad_data, "there is a user 'anna' already"));
    const auto all = users.list().value();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name.str(), "anna");
    EXPECT_EQ(all[0].role, Role::admin);
    EXPECT_FALSE(all[0].has_password);
    EXPECT_THAT(all[0].link_until, Optional(now + std::chrono::hours(24)));
    EXPECT_TRUE(all[1].has_password);
    EXPECT_EQ(all[1].link_until, std::nullopt);
    EXPECT_THAT(users.find(name("carl")), FailsWith(ExitStatus::not_found, "no user 'carl'"));
}

TEST_F(UsersTest, SetAPasswordByALinkOnce)
{
    const auto link = users.add(name("anna"), Role::user, now).value();
    EXPECT_THAT(users.accept_link(link, Secret("short"), now),
                FailsWith(ExitStatus::bad_data, "12 characters"));
    EXPECT_EQ(users.accept_link(Token::make().value(), another, now).value(), std::nullopt);
    EXPECT_EQ(users.find_by_link(link, now)->value().name.str(), "anna");
    const auto done = users.accept_link(link, another, now).value();
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->has_password);
    EXPECT_EQ(users.find_by_link(link, now).value(), std::nullopt);
    EXPECT_EQ(users.accept_link(link, another, now).value(), std::nullopt);
}

TEST_F(UsersTest, HaveADayForTheirLink)
{
    const auto link = users.add(name("anna"), Role::user, now).value();
    const auto day = std::chrono::hours(24);
    EXPECT_TRUE(users.find_by_link(link, now + day - second)->has_value());
    EXPECT_EQ(users.find_by_link(link, now + day).value(), std::nullopt);
    EXPECT_EQ(users.accept_link(link, another, now + day).value(), std::nullopt);
    EXPECT_TRUE(users.find_by_link(link, now - std::chrono::hours(1))->has_value());
    EXPECT_EQ(users.find_by_link(link, now - day).value(), std::nullopt) << "made by a clock ahead";
}

TEST_F(UsersTest, HaveOneLinkAtATimeAndNoneWhenDeactivated)
{
    const auto first = users.add(name("anna"), Role::user, now).value();
    const auto second_link = users.reset(name("anna"), now).value();
    EXPECT_EQ(users.find_by_link(first, now).value(), std::nullopt);
    ASSERT_THAT(users.set_active(name("anna"), false), Succeeds());
    EXPECT_EQ(users.accept_link(second_link, another, now).value(), std::nullopt);
}

TEST_F(UsersTest, AreKeptWithoutTheirTokens)
{
    const auto link = users.add(name("anna"), Role::user, now).value();
    const auto session = session_of(users.find(name("anna")).value());
    const auto bytes = database.serialized().value();
    EXPECT_FALSE(bytes.contains(link.text().reveal()));
    EXPECT_FALSE(bytes.contains(session.cookie.reveal()));
    EXPECT_TRUE(bytes.contains(link.hash())) << "else this test looks for the wrong thing";
}

TEST_F(UsersTest, ResetForgetAllThatTheySignInWith)
{
    const auto anna = add("anna");
    const auto session = session_of(anna);
    ASSERT_THAT(SecondFactors(database).begin(anna), Succeeds());
    ASSERT_THAT(database.run("UPDATE second_factors SET counts = 1"), Succeeds());
    ASSERT_THAT(users.reset(name("anna"), now), Succeeds());
    const auto after = users.find(name("anna")).value();
    EXPECT_FALSE(after.has_password);
    EXPECT_FALSE(after.has_second_factor);
    EXPECT_FALSE(Sessions(database).lives(session.session.id, now).value());
    ASSERT_THAT(users.reset(name("anna"), another), Succeeds());
    EXPECT_TRUE(users.find(name("anna"))->has_password);
    EXPECT_EQ(users.find(name("anna"))->link_until, std::nullopt);
}

TEST_F(UsersTest, KeepTheLastActiveAdmin)
{
    add("anna", Role::admin);
    add("berta", Role::admin);
    add("carl");
    ASSERT_THAT(users.set_active(name("berta"), false), Succeeds());
    const auto stays = FailsWith(ExitStatus::bad_data, "'anna' is the last active admin");
    EXPECT_THAT(users.set_active(name("anna"), false), stays);
    EXPECT_THAT(users.set_role(name("anna"), Role::user), stays);
    EXPECT_THAT(users.remove(*host, name("anna")), stays);
    EXPECT_TRUE(users.find(name("anna"))->active);
    EXPECT_THAT(users.remove(*host, name("berta")), Succeeds()) << "she is none that counts";
    ASSERT_THAT(users.set_role(name("carl"), Role::admin), Succeeds());
    EXPECT_THAT(users.set_role(name("anna"), Role::user), Succeeds());
}

TEST_F(UsersTest, BuildLayersWhereAnAdminLetsThem)
{
    const auto may = [&](const std::string& who) { return users.find(name(who))->may_build; };
    add("anna", Role::admin);
    add("berta");
    EXPECT_TRUE(may("anna"));
    EXPECT_FALSE(may("berta"));
    ASSERT_THAT(users.set_may_build(name("berta"), true), Succeeds());
    ASSERT_THAT(users.set_may_build(name("anna"), false), Succeeds());
    EXPECT_TRUE(may("berta"));
    EXPECT_TRUE(may("anna")) << "it is an admin's";
    ASSERT_THAT(users.set_role(name("berta"), Role::admin), Succeeds());
    ASSERT_THAT(users.set_role(name("anna"), Role::user), Succeeds());
    EXPECT_FALSE(may("anna")) << "what was taken from an admin";
    ASSERT_THAT(users.set_may_build(name("berta"), false), Succeeds());
    ASSERT_THAT(users.set_role(name("anna"), Role::admin), Succeeds());
    ASSERT_THAT(users.set_role(name("berta"), Role::user), Succeeds());
    EXPECT_FALSE(may("berta"));
    EXPECT_THAT(users.set_may_build(name("carl"), true), FailsWith(ExitStatus::not_found, "carl"));
}

TEST_F(UsersTest, WhoOwnSomethingAreNotDeleted)
{
    const auto anna = add("anna");
    const auto server = InstanceName::parse("coop1").value();
    ServerAccess access(database);
    ASSERT_THAT(access.set_owner(server, anna.id), Succeeds());
    EXPECT_THAT(users.remove(*host, name("anna")),
                FailsWith(ExitStatus::bad_data, "owns server 'coop1': give it"));
    ASSERT_THAT(access.forget(server), Succeeds());
    const auto layers = std::format("state/overlays/users/{}/maps/a", anna.id.number());
    host.write(layers, "");
    EXPECT_THAT(users.remove(*host, name("anna")),
                FailsWith(ExitStatus::bad_data, "layers beneath users/"));
    std::filesystem::remove_all(
        (*host).state_path(std::format("overlays/users/{}/maps", anna.id.number())));
    EXPECT_THAT(users.remove(*host, name("anna")), Succeeds()) << "an empty directory is nothing";
    EXPECT_THAT(users.remove(*host, name("anna")), FailsWith(ExitStatus::not_found, "no user 'anna'"));
}

TEST_F(UsersTest, NeverGetANumberThatAnotherHad)
{
    const auto anna = add("anna");
    ASSERT_THAT(users.remove(*host, name("anna")), Succeeds());
    EXPECT_GT(add("berta").id.number(), anna.id.number());
}

} // namespace
} // namespace left4me
