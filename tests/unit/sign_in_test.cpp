#include "accounts/sign_in.hpp"

#include "accounts/one_time_code.hpp"
#include "accounts/second_factor.hpp"
#include "accounts_test.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <sodium.h>

namespace left4me {
namespace {

using std::chrono::seconds;
using testing::Optional;

class SignIn : public AccountsTest {
protected:
    std::variant<NewSession, Refused> try_as(const std::string& text, const std::string& with,
                                             const std::string& code = "",
                                             const std::string& address = "192.0.2.1")
    {
        auto answer = sign_in(database, {text, Secret(with), code}, {address, "a browser"}, now);
        EXPECT_THAT(answer, Succeeds());
        return std::move(*answer);
    }
    bool enters(const std::string& text, const std::string& with = password,
                const std::string& code = "", const std::string& address = "192.0.2.1")
    {
        return std::holds_alternative<NewSession>(try_as(text, with, code, address));
    }
    std::optional<seconds> wait_of(const std::string& text, const std::string& with = "wrong",
                                   const std::string& address = "192.0.2.1")
    {
        const auto answer = try_as(text, with, "", address);
        EXPECT_TRUE(std::holds_alternative<Refused>(answer));
        return std::get<Refused>(answer).retry_after;
    }
    const User anna = add("anna", Role::admin);
};

TEST_F(SignIn, GivesASession)
{
    auto answer = try_as("anna", password);
    ASSERT_TRUE(std::holds_alternative<NewSession>(answer));
    const auto& made = std::get<NewSession>(answer);
    EXPECT_EQ(made.session.user.name.str(), "anna");
    EXPECT_TRUE(Sessions(database).find(made.cookie.reveal(), now)->has_value());
    EXPECT_THAT(users.find(anna.id)->signed_in, Optional(now));
}

TEST_F(SignIn, RefusesAllElseAlike)
{
    ASSERT_THAT(users.add(name("invited"), Role::user, now), Succeeds());
    add("gone");
    ASSERT_THAT(users.set_active(name("gone"), false), Succeeds());
    const std::string long_text(100'000, 'x');
    for (const auto& [who, with] :
         std::vector<std::pair<std::string, std::string>>{{"anna", "wrong"},
                                                          {"anna", ""},
                                                          {"anna", std::string(password) + " "},
                                                          {"nobody", password},
                                                          {"gone", password},
                                                          {"invited", ""},
                                                          {"invited", password},
                                                          {"ANNA", password},
                                                          {"", ""},
                                                          {"anna", long_text},
                                                          {long_text, password},
                                                          {"anna' --", password}})
        EXPECT_EQ(wait_of(who, with, std::format("192.0.2.{}", who.size() % 200)), std::nullopt)
            << who.substr(0, 20);
}

TEST_F(SignIn, TakesAsLongForANameThatNobodyHas)
{
    const auto shortest = [&](const std::string& prefix) {
        auto best = std::chrono::steady_clock::duration::max();
        for (int i = 0; i < 4; ++i) {
            const auto began = std::chrono::steady_clock::now();
            EXPECT_FALSE(enters(prefix, "wrong", "", std::format("192.0.2.{}", i)));
            best = std::min(best, std::chrono::steady_clock::now() - began);
        }
        return best;
    };
    const auto known = shortest("anna");
    const auto unknown = shortest("nobody");
    EXPECT_LT(known, unknown * 2);
    EXPECT_LT(unknown, known * 2);
}

TEST_F(SignIn, SlowsDownGuessesAtAUserFromEverywhere)
{
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(wait_of("anna", "wrong", std::format("192.0.2.{}", i)), std::nullopt);
    EXPECT_THAT(wait_of("anna", password, "192.0.2.100"), Optional(seconds(1)))
        << "also with the right password";
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(wait_of("nobody", "wrong", std::format("198.51.100.{}", i)), std::nullopt);
    EXPECT_THAT(wait_of("nobody", "wrong", "198.51.100.100"), Optional(seconds(1)));
    now += seconds(1);
    EXPECT_TRUE(enters("anna"));
    EXPECT_EQ(wait_of("anna"), std::nullopt) << "what was before is forgotten";
}

TEST_F(SignIn, SlowsDownGuessesFromAnAddressAtEverybody)
{
    for (int i = 0; i < 20; ++i)
        EXPECT_EQ(wait_of(std::format("user{}", i)), std::nullopt);
    EXPECT_THAT(wait_of("anna", password), Optional(seconds(1)));
    EXPECT_TRUE(enters("anna", password, "", "192.0.2.2"));
}

TEST_F(SignIn, ByOnesOwnPasswordClearsNoAddress)
{
    for (int i = 0; i < 19; ++i)
        EXPECT_EQ(wait_of(std::format("user{}", i)), std::nullopt);
    EXPECT_TRUE(enters("anna")) << "and takes its own try back";
    EXPECT_EQ(wait_of("user20"), std::nullopt);
    EXPECT_THAT(wait_of("user21"), Optional(seconds(1)));
}

TEST_F(SignIn, CountsTriesThatComeAtTheSameTime)
{
    std::vector<std::future<bool>> tries;
    for (int i = 0; i < 20; ++i)
        tries.push_back(std::async(std::launch::async, [&, i] {
            auto own = open_web_database(*host).value();
            const auto answer =
                sign_in(own, {"anna", Secret("wrong"), ""}, {std::format("192.0.2.{}", i), ""}, now);
            return answer && !std::get<Refused>(*answer).retry_after;
        }));
    EXPECT_EQ(std::ranges::count_if(tries, [](auto& one) { return one.get(); }), 5);
}

TEST_F(SignIn, DoesNotWaitWithANewPassword)
{
    for (int i = 0; i < 9; ++i, now += seconds(60))
        EXPECT_EQ(wait_of("anna", "wrong", std::format("192.0.2.{}", i)), std::nullopt);
    now -= seconds(60);
    EXPECT_TRUE(wait_of("anna", password).has_value());
    const auto link = users.reset(name("anna"), now).value();
    ASSERT_THAT(users.accept_link(link, Secret("another long password"), now), Succeeds());
    EXPECT_TRUE(enters("anna", "another long password"));
}

TEST_F(SignIn, LeavesSessionsAloneWhateverOthersTry)
{
    const auto session = session_of(anna);
    for (int i = 0; i < 40; ++i)
        (void)try_as("anna", "wrong", "", std::format("192.0.2.{}", i));
    EXPECT_TRUE(wait_of("anna", password).has_value());
    const auto known = Sessions(database).find(session.cookie.reveal(), now).value();
    ASSERT_TRUE(known);
    EXPECT_EQ(check_password(database, *known, Secret(password), now).value(), std::nullopt);
}

TEST_F(SignIn, SlowsDownGuessesWithinASessionForThatOneAlone)
{
    const auto stolen = session_of(anna).session;
    const auto own = session_of(anna).session;
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(check_password(database, stolen, Secret("wrong"), now)->value().retry_after,
                  std::nullopt);
    EXPECT_THAT(check_password(database, stolen, Secret(password), now)->value().retry_after,
                Optional(seconds(1)));
    EXPECT_EQ(check_password(database, own, Secret(password), now).value(), std::nullopt);
    EXPECT_TRUE(enters("anna"));
}

TEST_F(SignIn, WantsTheCodeOfASecondFactorOnce)
{
    SecondFactors factors(database);
    ASSERT_THAT(factors.begin(anna), Succeeds());
    const auto secret =
        database
            .one("SELECT secret FROM second_factors", {}, [](const Row& row) { return row.text(0); })
            ->value();
    const auto code = [&] { return code_of_step(secret, step_of(now)); };
    const auto recovery = factors.confirm(anna, code(), now).value();
    now += seconds(30);
    EXPECT_FALSE(enters("anna"));
    EXPECT_FALSE(enters("anna", "wrong", code())) << "and uses up no code";
    EXPECT_TRUE(enters("anna", password, code()));
    EXPECT_FALSE(enters("anna", password, code()));
    EXPECT_TRUE(enters("anna", password, recovery[3]));
    EXPECT_FALSE(enters("anna", password, recovery[3]));
}

TEST_F(SignIn, SlowsDownGuessesAtTheCode)
{
    SecondFactors factors(database);
    ASSERT_THAT(factors.begin(anna), Succeeds());
    ASSERT_THAT(database.run("UPDATE second_factors SET counts = 1"), Succeeds());
    for (int i = 0; i < 5; ++i)
        EXPECT_FALSE(enters("anna", password, "no code"));
    EXPECT_THAT(wait_of("anna", password), Optional(seconds(1)));
}

TEST_F(SignIn, MakesAnOldHashAnew)
{
    std::array<char, crypto_pwhash_argon2id_STRBYTES> cheap = {};
    const std::string plain = password;
    ASSERT_EQ(crypto_pwhash_argon2id_str(cheap.data(), plain.data(), plain.size(),
                                         crypto_pwhash_argon2id_OPSLIMIT_MIN,
                                         crypto_pwhash_argon2id_MEMLIMIT_MIN),
              0);
    ASSERT_THAT(database.run("UPDATE users SET password = ?", {std::string_view(cheap.data())}),
                Succeeds());
    const auto hash_now = [&] {
        return database.one("SELECT password FROM users", {}, [](const Row& r) { return r.text(0); })
            ->value();
    };
    const auto before = hash_now();
    EXPECT_TRUE(enters("anna"));
    const auto after = hash_now();
    EXPECT_NE(after, before);
    EXPECT_TRUE(enters("anna"));
    EXPECT_EQ(hash_now(), after) << "it is at today's price";
}

} // namespace
} // namespace left4me
