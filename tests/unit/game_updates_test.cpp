#include "accounts/game_updates.hpp"

#include "accounts_test.hpp"

namespace left4me {
namespace {

class GameUpdatesTest : public AccountsTest {
protected:
    [[nodiscard]] Result<void> ask(const char* account = nullptr, bool validate = false)
    {
        return updates.add(*host, admin.name,
                           account ? std::optional(SteamAccount::parse(account).value()) : std::nullopt,
                           validate, now);
    }
    [[nodiscard]] GameUpdate last() { return updates.last().value().value(); }

    GameUpdates updates{database};
    const User admin = add("admin", Role::admin);
};

TEST_F(GameUpdatesTest, AreOneAtATime)
{
    EXPECT_FALSE(updates.last().value());
    ASSERT_THAT(ask("ann", true), Succeeds());
    EXPECT_THAT(ask(), FailsWith(ExitStatus::busy, "which admin asked for"));
    EXPECT_EQ(last().id.str(), "01");
    EXPECT_FALSE(last().begun);
    ASSERT_THAT(updates.begin(last(), now), Succeeds());
    EXPECT_EQ(last().begun, now);
    EXPECT_THAT(ask(), FailsWith(ExitStatus::busy, "which admin asked for"));
    ASSERT_THAT(updates.end(last(), {.status = 75, .error = "why"}, now + second), Succeeds());
    EXPECT_TRUE(last().failed());
    EXPECT_EQ(last().end.error, "why");
    ASSERT_THAT(ask(), Succeeds());
    EXPECT_EQ(last().id.str(), "02");
    EXPECT_FALSE(last().account);
}

TEST_F(GameUpdatesTest, TakeNoNumberThatHasRun)
{
    std::filesystem::create_directories((*host).state_path("jobs/01"));
    std::filesystem::create_directories((*host).state_path("jobs/2"));
    ASSERT_THAT(ask(), Succeeds());
    EXPECT_EQ(last().id.str(), "02");
}

TEST_F(GameUpdatesTest, AreWhatTheJobsKindMayDo)
{
    ASSERT_THAT(ask("ann", true), Succeeds());
    EXPECT_EQ(request_for(last(), true)->format(), "update\n--user\nann\n--validate\n");
    EXPECT_EQ(request_for(last(), false)->format(), "install\n--user\nann\n--validate\n");
    ASSERT_THAT(updates.end(last(), {.status = 0, .error = ""}, now), Succeeds());
    ASSERT_THAT(ask(), Succeeds());
    EXPECT_EQ(request_for(last(), true)->format(), "update\n");
}

} // namespace
} // namespace left4me
