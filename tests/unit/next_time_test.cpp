#include "model/next_time.hpp"

#include "text_case.hpp"

#include <cstdlib>
#include <ctime>

namespace left4me {
namespace {

using namespace std::chrono_literals;

struct NextTime : testing::Test {
    NextTime() { set_zone("UTC"); }
    ~NextTime() override { set_zone("UTC"); }
    static void set_zone(const char* zone)
    {
        setenv("TZ", zone, 1);
        tzset();
    }
    static constexpr std::chrono::sys_seconds noon = std::chrono::sys_days(2026y / 1 / 31) + 12h;
};

TEST_F(NextTime, IsTheNextOneByTheClock)
{
    EXPECT_EQ(parse_next_time("13:30", noon).value(), noon + 90min);
    EXPECT_EQ(parse_next_time("04:00", noon).value(), noon + 16h);
    EXPECT_EQ(parse_next_time("12:00", noon).value(), noon + 24h) << "now is not to come";
    set_zone("CET-1");
    EXPECT_EQ(parse_next_time("13:30", noon).value(), noon + 30min);
}

/// 2026-03-29 has no 02:30 there.
TEST_F(NextTime, FollowsTheClockThroughItsChanges)
{
    set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
    const std::chrono::sys_seconds before = std::chrono::sys_days(2026y / 3 / 28) + 11h;
    EXPECT_EQ(parse_next_time("12:00", before + 30min).value(), before + 23h);
}

TEST_F(NextTime, IsSoLongFromNowOn)
{
    EXPECT_EQ(parse_next_time("90m", noon).value(), noon + 90min);
    EXPECT_EQ(parse_next_time("2h", noon).value(), noon + 2h);
    EXPECT_EQ(parse_next_time("168h", noon).value(), noon + 168h);
}

class NoNextTime : public testing::TestWithParam<TextCase> {};
TEST_P(NoNextTime, IsRefused)
{
    const auto parsed = parse_next_time(GetParam().text, NextTime::noon);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().status, ExitStatus::usage);
}
INSTANTIATE_TEST_SUITE_P(Texts, NoNextTime,
                         testing::Values(TextCase{"empty", ""}, TextCase{"hour", "24:00"},
                                         TextCase{"minute", "12:60"}, TextCase{"one_digit", "4:00"},
                                         TextCase{"negative", "-1:00"}, TextCase{"zero", "0h"},
                                         TextCase{"weeks", "169h"}, TextCase{"huge", "99999999999h"},
                                         TextCase{"seconds", "90s"}, TextCase{"word", "tomorrow"},
                                         TextCase{"sign", "-1h"}),
                         NameOfCase());

} // namespace
} // namespace left4me
