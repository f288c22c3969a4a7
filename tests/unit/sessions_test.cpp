#include "accounts/sessions.hpp"

#include "accounts_test.hpp"

#include <functional>

namespace left4me {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::Optional;
using testing::SizeIs;

class SessionsTest : public AccountsTest {
protected:
    [[nodiscard]] bool is_known(const NewSession& session, AccountTime time)
    {
        return sessions.find(session.cookie.reveal(), time)->has_value();
    }
    Sessions sessions{database};
    const User anna = add("anna", Role::admin);
    const User berta = add("berta", Role::admin);
};

TEST_F(SessionsTest, AreFoundByTheirCookie)
{
    const auto made = session_of(anna);
    const auto found = sessions.find(made.cookie.reveal(), now).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, made.session.id);
    EXPECT_EQ(found->user.name, anna.name);
    EXPECT_EQ(found->user.role, Role::admin);
    EXPECT_EQ(found->created, now);
    EXPECT_TRUE(found->is_csrf(made.session.csrf));
    EXPECT_FALSE(found->is_csrf(""));
    EXPECT_FALSE(found->is_csrf(made.cookie.reveal()));
    EXPECT_FALSE(found->is_csrf(session_of(anna).session.csrf)) << "of another session";
}

TEST_F(SessionsTest, AreNotFoundByAnythingElse)
{
    const auto cookie = session_of(anna).cookie.reveal();
    for (const auto& wrong : {std::string(), cookie + "A", "A" + cookie.substr(1), std::string(43, 'A'),
                              std::string(1'000'000, 'x'), std::string("' OR 1=1 --")})
        if (wrong != cookie) {
            EXPECT_EQ(sessions.find(wrong, now).value(), std::nullopt) << wrong.substr(0, 50);
        }
}

TEST_F(SessionsTest, EndAfterSevenIdleDays)
{
    const auto session = session_of(anna);
    EXPECT_TRUE(is_known(session, now + days(7) - second));
    // Seen there, it has another seven.
    EXPECT_TRUE(is_known(session, now + days(14) - 2 * second));
    EXPECT_FALSE(is_known(session, now + days(21)));
    EXPECT_FALSE(sessions.lives(session.session.id, now + days(21)).value());
    EXPECT_FALSE(is_known(session_of(anna), now + days(7)));
}

TEST_F(SessionsTest, EndAfterThirtyDaysHoweverBusy)
{
    const auto session = session_of(anna);
    for (int day = 1; day < 30; ++day)
        ASSERT_TRUE(is_known(session, now + days(day))) << day;
    EXPECT_TRUE(is_known(session, now + days(30) - second));
    EXPECT_FALSE(is_known(session, now + days(30)));
}

TEST_F(SessionsTest, AreNotWrittenForEachRequest)
{
    const auto session = session_of(anna);
    const auto changes = [&] { return database.number("SELECT total_changes()").value(); };
    const auto before = changes();
    EXPECT_TRUE(is_known(session, now + minutes(4)));
    EXPECT_EQ(changes(), before);
    EXPECT_TRUE(is_known(session, now + minutes(5)));
    EXPECT_EQ(changes(), before + 1);
    EXPECT_EQ(sessions.list(anna.id, now)->front().seen, now + minutes(5));
}

TEST_F(SessionsTest, AreFoundWhileAnotherWrites)
{
    const auto session = session_of(anna);
    const auto done = other.in_transaction([&]() -> Result<void> {
        const auto began = std::chrono::steady_clock::now();
        EXPECT_TRUE(is_known(session, now + minutes(10)));
        EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
        return {};
    });
    EXPECT_THAT(done, Succeeds());
    EXPECT_EQ(sessions.list(anna.id, now)->front().seen, now) << "it is noted another time";
    EXPECT_EQ(database.number("PRAGMA synchronous").value(), 2);
}

TEST_F(SessionsTest, AreNotLostWhenTheClockIsPutBack)
{
    const auto session = session_of(anna);
    const auto back = now - days(400);
    EXPECT_TRUE(is_known(session, back));
    EXPECT_TRUE(is_known(session, back + days(6)));
    EXPECT_FALSE(is_known(session, back + days(14))) << "it would last for as long as it was ahead";
    EXPECT_FALSE(is_known(session, now));
}

TEST_F(SessionsTest, NobodyUsesEndAllTheSameWhenTheClockIsPutBack)
{
    const auto back = now - days(400);
    const auto unused = session_of(anna);
    EXPECT_THAT(sessions.start(berta.id, {}, back), Succeeds());
    EXPECT_FALSE(is_known(unused, back + days(8)));
}

TEST_F(SessionsTest, EndWhenTheClockIsPutForward)
{
    const auto session = session_of(anna);
    EXPECT_FALSE(is_known(session, now + days(400)));
    EXPECT_TRUE(is_known(session, now)) << "until somebody signs in meanwhile, none is deleted";
}

TEST_F(SessionsTest, AreListedAndEndedByTheirUserAlone)
{
    const auto first = sessions.start(anna.id, {"192.0.2.7", std::string(500, 'x')}, now).value();
    const auto later = sessions.start(anna.id, {"::1", "b"}, now + minutes(1)).value();
    const auto of_berta = session_of(berta);
    const auto list = sessions.list(anna.id, now).value();
    ASSERT_THAT(list, SizeIs(2));
    EXPECT_EQ(list[0].agent, "b");
    EXPECT_EQ(list[1].address, "192.0.2.7");
    EXPECT_EQ(list[1].agent, std::string(200, 'x'));
    EXPECT_FALSE(sessions.end_one(berta.id, list[0].number).value());
    EXPECT_FALSE(sessions.end_one(anna.id, of_berta.session.id.number()).value());
    EXPECT_TRUE(sessions.end_one(anna.id, list[1].number).value());
    EXPECT_FALSE(is_known(first, now));
    EXPECT_TRUE(is_known(later, now));
    EXPECT_TRUE(is_known(of_berta, now));
}

TEST_F(SessionsTest, AreFiftyOfAUserAtMost)
{
    std::vector<NewSession> all;
    for (int i = 0; i < 51; ++i)
        all.push_back(sessions.start(anna.id, client, now + i * second).value());
    EXPECT_THAT(sessions.list(anna.id, now).value(), SizeIs(50));
    EXPECT_FALSE(is_known(all.front(), now));
    EXPECT_TRUE(is_known(all[1], now));
    EXPECT_TRUE(is_known(all.back(), now));
}

TEST_F(SessionsTest, AreNotStartedForTheDeactivated)
{
    ASSERT_THAT(users.set_active(anna.name, false), Succeeds());
    EXPECT_THAT(sessions.start(anna.id, client, now), FailsWith(ExitStatus::not_permitted, "may not"));
}

TEST_F(SessionsTest, EndWithTheRightToBuild)
{
    const auto carl = add("carl");
    const auto session = session_of(carl);
    const auto lives = [&] { return sessions.lives(session.session.id, now).value(); };
    ASSERT_THAT(users.set_may_build(carl.name, false), Succeeds());
    EXPECT_TRUE(lives()) << "they had none";
    ASSERT_THAT(users.set_may_build(carl.name, true), Succeeds());
    EXPECT_TRUE(lives());
    const auto generation = sessions.generation().value();
    ASSERT_THAT(users.set_may_build(carl.name, false), Succeeds());
    EXPECT_FALSE(lives());
    EXPECT_NE(sessions.generation().value(), generation);
}

/// What ends sessions, and is seen by another program at once.
struct Ending {
    std::string name;
    std::function<Result<void>(Database&, const Host&, const NewSession&)> act;
};
class EndedSession : public SessionsTest, public testing::WithParamInterface<Ending> {};

TEST_P(EndedSession, IsOverForEveryProgram)
{
    const auto session = session_of(anna);
    const auto of_berta = session_of(berta);
    Sessions seen_by_another(other);
    const auto generation = seen_by_another.generation().value();
    EXPECT_TRUE(seen_by_another.lives(session.session.id, now).value());
    ASSERT_THAT(GetParam().act(database, *host, session), Succeeds());
    EXPECT_NE(seen_by_another.generation().value(), generation);
    EXPECT_FALSE(seen_by_another.lives(session.session.id, now).value());
    EXPECT_EQ(seen_by_another.find(session.cookie.reveal(), now).value(), std::nullopt);
    EXPECT_TRUE(seen_by_another.lives(of_berta.session.id, now).value());
}

INSTANTIATE_TEST_SUITE_P(
    Sessions, EndedSession,
    testing::Values(
        Ending{"logout", [](Database& database, const Host&,
                            const NewSession& made) { return Sessions(database).end(made.session); }},
        Ending{"logout_elsewhere",
               [](Database& database, const Host&, const NewSession& made) {
                   Sessions sessions(database);
                   const auto here =
                       sessions.start(made.session.user.id, {}, made.session.created).value();
                   return sessions.end_others(here.session);
               }},
        Ending{"deactivation",
               [](Database& database, const Host&, const NewSession& made) {
                   return Users(database).set_active(made.session.user.name, false);
               }},
        Ending{"lost_rights",
               [](Database& database, const Host&, const NewSession& made) {
                   return Users(database).set_role(made.session.user.name, Role::user);
               }},
        Ending{"new_password",
               [](Database& database, const Host&, const NewSession& made) {
                   return Users(database).set_password(made.session.user.id,
                                                       Secret("another long password"));
               }},
        Ending{"reset",
               [](Database& database, const Host&, const NewSession& made) {
                   return Users(database)
                       .reset(made.session.user.name, made.session.created)
                       .transform([](const Token&) {});
               }},
        Ending{"deletion",
               [](Database& database, const Host& host, const NewSession& made) {
                   return Users(database).remove(host, made.session.user.name);
               }}),
    NameOfCase());

TEST_F(SessionsTest, GenerationStaysWhileNobodyLosesAnything)
{
    const auto session = session_of(anna);
    const auto generation = sessions.generation().value();
    EXPECT_TRUE(is_known(session, now + days(1)));
    session_of(berta);
    add("carl");
    EXPECT_EQ(sessions.generation().value(), generation);
}

} // namespace
} // namespace left4me
