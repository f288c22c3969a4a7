#include "accounts/second_factor.hpp"

#include "accounts/one_time_code.hpp"
#include "accounts_test.hpp"

namespace left4me {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class SecondFactor : public AccountsTest {
protected:
    [[nodiscard]] std::string code_at(AccountTime time)
    {
        const auto secret = database.one("SELECT secret FROM second_factors", {},
                                         [](const Row& row) { return row.text(0); });
        return code_of_step(secret->value(), step_of(time));
    }
    std::vector<std::string> set_up()
    {
        EXPECT_THAT(factors.begin(anna), Succeeds());
        return factors.confirm(anna, code_at(now), now).value();
    }
    const User anna = add("anna");
    SecondFactors factors{database};
};

TEST_F(SecondFactor, CountsOnceACodeWasSeen)
{
    EXPECT_TRUE(factors.use(anna.id, "", now).value()) << "there is none";
    EXPECT_THAT(factors.begin(anna)->reveal(), HasSubstr("otpauth://totp/left4me:anna?secret="));
    EXPECT_TRUE(factors.use(anna.id, "", now).value()) << "it does not count yet";
    EXPECT_FALSE(users.find(anna.id)->has_second_factor);
    EXPECT_THAT(factors.confirm(anna, "000000x", now), FailsWith(ExitStatus::bad_data, "is wrong"));
    EXPECT_THAT(factors.confirm(anna, code_at(now), now).value(), SizeIs(recovery_code_count));
    EXPECT_TRUE(users.find(anna.id)->has_second_factor);
    EXPECT_FALSE(factors.use(anna.id, "", now).value());
    EXPECT_THAT(factors.confirm(anna, code_at(now), now), FailsWith(ExitStatus::bad_data, "was begun"));
    EXPECT_THAT(factors.begin(anna), FailsWith(ExitStatus::bad_data, "already"));
}

TEST_F(SecondFactor, BegunAgainForgetsTheSecretBefore)
{
    ASSERT_THAT(factors.begin(anna), Succeeds());
    const auto before = code_at(now);
    ASSERT_THAT(factors.begin(anna), Succeeds());
    EXPECT_NE(code_at(now), before);
    EXPECT_FALSE(factors.confirm(anna, before, now).has_value());
}

TEST_F(SecondFactor, TakesEachCodeOnce)
{
    set_up();
    EXPECT_FALSE(factors.use(anna.id, code_at(now), now).value()) << "it was seen when it was set up";
    now += std::chrono::seconds(30);
    const auto code = code_at(now);
    EXPECT_TRUE(factors.use(anna.id, code, now).value());
    EXPECT_FALSE(factors.use(anna.id, code, now).value());
    EXPECT_FALSE(SecondFactors(other).use(anna.id, code, now).value());
}

TEST_F(SecondFactor, TakesEachRecoveryCodeOnce)
{
    const auto codes = set_up();
    for (std::size_t i = 0; i < codes.size(); ++i) {
        EXPECT_EQ(factors.recovery_codes_left(anna.id).value(), 10 - static_cast<std::int64_t>(i));
        EXPECT_TRUE(factors.use(anna.id, codes[i], now).value());
        EXPECT_FALSE(factors.use(anna.id, codes[i], now).value());
    }
    EXPECT_EQ(factors.recovery_codes_left(anna.id).value(), 0);
}

TEST_F(SecondFactor, IsOfOneUserAlone)
{
    const auto codes = set_up();
    const auto berta = add("berta");
    ASSERT_THAT(factors.begin(berta), Succeeds());
    const auto code = database.one("SELECT secret FROM second_factors WHERE user = ?",
                                   {berta.id.number()}, [](const Row& row) { return row.text(0); });
    ASSERT_THAT(factors.confirm(berta, code_of_step(code->value(), step_of(now)), now), Succeeds());
    EXPECT_FALSE(factors.use(berta.id, codes[0], now).value());
}

TEST_F(SecondFactor, RemovedTakesItsRecoveryCodesAlong)
{
    set_up();
    ASSERT_THAT(factors.remove(anna.id), Succeeds());
    EXPECT_TRUE(factors.use(anna.id, "", now).value());
    EXPECT_EQ(factors.recovery_codes_left(anna.id).value(), 0);
}

} // namespace
} // namespace left4me
