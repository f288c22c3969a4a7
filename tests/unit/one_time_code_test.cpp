#include "accounts/one_time_code.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::MatchesRegex;
using testing::Optional;

const std::string secret = "12345678901234567890"; // RFC 4226 and 6238
constexpr std::int64_t unused = -1;

AccountTime at(std::int64_t seconds)
{
    return AccountTime(std::chrono::seconds(seconds));
}

struct HotpCase {
    std::int64_t step;
    std::string code;
};
class Rfc4226 : public testing::TestWithParam<HotpCase> {};
TEST_P(Rfc4226, HasTheCodesOfAppendixD)
{
    EXPECT_EQ(code_of_step(secret, GetParam().step), GetParam().code);
}
INSTANTIATE_TEST_SUITE_P(OneTimeCode, Rfc4226,
                         testing::Values(HotpCase{0, "755224"}, HotpCase{1, "287082"},
                                         HotpCase{2, "359152"}, HotpCase{3, "969429"},
                                         HotpCase{4, "338314"}, HotpCase{5, "254676"},
                                         HotpCase{6, "287922"}, HotpCase{7, "162583"},
                                         HotpCase{8, "399871"}, HotpCase{9, "520489"}));

/// Of the eight digits there the last six.
struct TotpCase {
    std::int64_t seconds;
    std::string code;
};
class Rfc6238 : public testing::TestWithParam<TotpCase> {};
TEST_P(Rfc6238, HasTheCodesOfAppendixB)
{
    const auto time = at(GetParam().seconds);
    EXPECT_EQ(code_of_step(secret, step_of(time)), GetParam().code);
    EXPECT_THAT(matching_step(secret, GetParam().code, time, unused), Optional(step_of(time)));
}
INSTANTIATE_TEST_SUITE_P(OneTimeCode, Rfc6238,
                         testing::Values(TotpCase{59, "287082"}, TotpCase{1111111109, "081804"},
                                         TotpCase{1111111111, "050471"}, TotpCase{1234567890, "005924"},
                                         TotpCase{2000000000, "279037"},
                                         TotpCase{20000000000, "353130"}));

TEST(OneTimeCode, IsTakenFromThePeriodsBesideThisOneAlone)
{
    const auto time = at(1'800'000'000);
    const auto step = step_of(time);
    for (int difference = -3; difference <= 3; ++difference) {
        const auto found = matching_step(secret, code_of_step(secret, step + difference), time, unused);
        EXPECT_EQ(found.has_value(), difference >= -1 && difference <= 1) << difference;
    }
}

TEST(OneTimeCode, IsTakenOnce)
{
    const auto time = at(1'800'000'000);
    const auto step = step_of(time);
    EXPECT_EQ(matching_step(secret, code_of_step(secret, step), time, step), std::nullopt);
    EXPECT_EQ(matching_step(secret, code_of_step(secret, step - 1), time, step), std::nullopt);
    EXPECT_THAT(matching_step(secret, code_of_step(secret, step + 1), time, step), Optional(step + 1));
}

TEST(OneTimeCode, IsTakenAfterTheClockWasPutBack)
{
    const auto time = at(1'800'000'000);
    const auto step = step_of(time);
    const auto code = code_of_step(secret, step);
    EXPECT_THAT(matching_step(secret, code, time, step + 2), Optional(step));
    EXPECT_EQ(matching_step(secret, code, time, step + 1), std::nullopt);
}

TEST(OneTimeCode, IsSixDigitsWithBlanksOrWithout)
{
    const auto time = at(59);
    EXPECT_TRUE(matching_step(secret, "287 082", time, unused));
    EXPECT_TRUE(matching_step(secret, " 287082\t", time, unused));
    for (const auto* wrong : {"", "28708", "2870820", "94287082", "287083", "28708x", "287082\n"})
        EXPECT_FALSE(matching_step(secret, wrong, time, unused)) << wrong;
}

TEST(OneTimeCode, HasItsSecretInBase32)
{
    // RFC 4648, 10
    for (const auto& [bytes, text] :
         std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                          {"f", "MY"},
                                                          {"fo", "MZXQ"},
                                                          {"foo", "MZXW6"},
                                                          {"foob", "MZXW6YQ"},
                                                          {"fooba", "MZXW6YTB"},
                                                          {"foobar", "MZXW6YTBOI"},
                                                          {"\xff\xff", "777Q"}})
        EXPECT_EQ(base32(bytes), text);
    EXPECT_EQ(otpauth_address(UserName::parse("anna").value(), secret).reveal(),
              "otpauth://totp/left4me:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=left4me");
}

TEST(RecoveryCode, IsFourGroupsThatNobodyCanGuess)
{
    const auto code = make_recovery_code().value();
    EXPECT_THAT(code, MatchesRegex("([a-z2-7]{4}-){3}[a-z2-7]{4}"));
    EXPECT_NE(code, make_recovery_code().value());
}

TEST(RecoveryCode, IsTheSameHoweverItIsTyped)
{
    const auto hash = recovery_code_hash("abcd-efgh-2345-mnop");
    ASSERT_TRUE(hash);
    EXPECT_EQ(hash->size(), 32U);
    EXPECT_EQ(recovery_code_hash("ABCDEFGH2345MNOP"), hash);
    EXPECT_EQ(recovery_code_hash(" abcd efgh 2345 mnop "), hash);
    EXPECT_NE(recovery_code_hash("abcd-efgh-2345-mnoq"), hash);
    for (const auto* wrong :
         {"", "287082", "abcd-efgh-2345-mno", "abcd-efgh-2345-mno1", "abcd-efgh-2345-mnopq"})
        EXPECT_EQ(recovery_code_hash(wrong), std::nullopt) << wrong;
}

} // namespace
} // namespace left4me
