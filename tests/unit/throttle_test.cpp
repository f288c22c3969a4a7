#include "accounts/throttle.hpp"

#include "accounts_test.hpp"

namespace left4me {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Optional;

TEST(Throttle, DoublesTheWaitUpToTheLongest)
{
    for (std::int64_t failures = 0; failures < 5; ++failures)
        EXPECT_EQ(wait_after(user_throttle, failures), seconds(0)) << failures;
    EXPECT_EQ(wait_after(user_throttle, 5), seconds(1));
    EXPECT_EQ(wait_after(user_throttle, 6), seconds(2));
    EXPECT_EQ(wait_after(user_throttle, 10), seconds(32));
    EXPECT_EQ(wait_after(user_throttle, 15), minutes(15));
    EXPECT_EQ(wait_after(user_throttle, 1'000'000'000), minutes(15));
    EXPECT_EQ(wait_after(address_throttle, 19), seconds(0));
    EXPECT_EQ(wait_after(address_throttle, 20), seconds(1));
}

TEST(Throttle, TakesAHouseholdsAddressesForOne)
{
    EXPECT_EQ(throttled_address("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(throttled_address("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(throttled_address("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    EXPECT_EQ(throttled_address("2001:db8:1:2::9"), "2001:db8:1:2::/64");
    EXPECT_NE(throttled_address("2001:db8:1:3::9"), "2001:db8:1:2::/64");
    for (const auto& none : {std::string(), std::string("x"), std::string("192.0.2.1, 192.0.2.2"),
                             std::string(100'000, '1')})
        EXPECT_EQ(throttled_address(none), "?");
}

class ThrottleTest : public AccountsTest {
protected:
    [[nodiscard]] std::optional<seconds> begin(const std::string& key)
    {
        return throttle.begin({{ThrottleKind::user, key}}, now).value();
    }
    void fail_often(const std::string& key, int times)
    {
        for (int i = 0; i < times; ++i)
            ASSERT_EQ(begin(key), std::nullopt) << i;
    }
    left4me::Throttle throttle{database};
};

TEST_F(ThrottleTest, RefusesAfterTheFreeOnesAndCountsNoRefusal)
{
    fail_often("anna", 5);
    for (int i = 0; i < 50; ++i)
        EXPECT_THAT(begin("anna"), Optional(seconds(1)));
    EXPECT_EQ(begin("berta"), std::nullopt) << "another is not kept out";
    now += seconds(1);
    EXPECT_EQ(begin("anna"), std::nullopt);
    EXPECT_THAT(begin("anna"), Optional(seconds(2)));
}

TEST_F(ThrottleTest, OutlivesTheProgram)
{
    fail_often("anna", 5);
    EXPECT_TRUE(left4me::Throttle(other).begin({{ThrottleKind::user, "anna"}}, now)->has_value());
}

TEST_F(ThrottleTest, CountsNothingOfATryThatOneOfItsKeysRefuses)
{
    fail_often("anna", 5);
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(
            throttle.begin({{ThrottleKind::user, "anna"}, {ThrottleKind::address, "192.0.2.1"}}, now)
                ->has_value());
    EXPECT_EQ(throttle.begin({{ThrottleKind::address, "192.0.2.1"}}, now).value(), std::nullopt);
}

TEST_F(ThrottleTest, ForgetsAfterADayOrWhenTold)
{
    fail_often("anna", 5);
    now += hours(24);
    fail_often("anna", 5);
    ASSERT_THAT(throttle.forget({ThrottleKind::user, "anna"}), Succeeds());
    fail_often("anna", 5);
    ASSERT_THAT(throttle.take_back({ThrottleKind::user, "anna"}), Succeeds());
    EXPECT_EQ(begin("anna"), std::nullopt);
    EXPECT_TRUE(begin("anna").has_value());
}

TEST_F(ThrottleTest, MakesNobodyWaitLongerWhenTheClockIsPutBack)
{
    fail_often("anna", 5);
    now -= hours(1000);
    EXPECT_THAT(begin("anna"), Optional(seconds(1)));
}

TEST_F(ThrottleTest, KeepsWhatCountsWhenNamesAreWithoutEnd)
{
    fail_often("anna", 5);
    ASSERT_THAT(
        database.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) "
                     "INSERT INTO failures SELECT 'user', 'x' || i, 1, ? FROM n",
                     {seconds_of(now)}),
        Succeeds());
    EXPECT_EQ(begin("berta"), std::nullopt);
    EXPECT_LE(database.number("SELECT count(*) FROM failures").value(), 49'100);
    EXPECT_TRUE(begin("anna").has_value());
}

} // namespace
} // namespace left4me
