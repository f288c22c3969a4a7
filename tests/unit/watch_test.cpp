#include "watch/host_trouble.hpp"
#include "watch/server_signals.hpp"
#include "watch/watched_game.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::chrono_literals;
using testing::Optional;

// https://docs.kernel.org/accounting/psi.html
constexpr const char* pressure = "some avg10=12.50 avg60=3.00 avg300=1.00 total=123456\n"
                                 "full avg10=0.75 avg60=0.00 avg300=0.00 total=789\n";

TEST(Pressure, IsReadFromTheKernelsLines)
{
    EXPECT_THAT(parse_pressure(pressure, "some"), Optional(12.5));
    EXPECT_THAT(parse_pressure(pressure, "full"), Optional(0.75));
}

class NoPressure : public testing::TestWithParam<TextCase> {};
TEST_P(NoPressure, IsNone)
{
    EXPECT_EQ(parse_pressure(GetParam().text, "some"), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(Texts, NoPressure,
                         testing::Values(TextCase{"empty", ""}, TextCase{"other", "full avg10=1.00"},
                                         TextCase{"no_value", "some avg60=1.00"},
                                         TextCase{"no_number", "some avg10=x"}),
                         NameOfCase());

TEST(Pressure, StarvesByWhatKeepsGamesFromTheirWork)
{
    EXPECT_FALSE((Pressure{}.is_starved()));
    EXPECT_TRUE((Pressure{.cpu_some = 50}.is_starved()));
    EXPECT_FALSE((Pressure{.cpu_some = 49.9, .io_full = 49.9, .memory_full = 24.9}.is_starved()));
    EXPECT_TRUE((Pressure{.io_full = 50}.is_starved()));
    EXPECT_TRUE((Pressure{.memory_full = 25}.is_starved()));
}

// As the kernel writes it, a line for each CPU: processed, dropped, …
TEST(Dropped, IsTheSumOfAllCpus)
{
    EXPECT_EQ(parse_dropped("00001a2b 00000002 00000000 00000000\n0000ffff 0000000f 00000000\n"), 17U);
    EXPECT_EQ(parse_dropped(""), 0U);
    EXPECT_EQ(parse_dropped("x\ny z\n"), 0U);
}

TEST(CpuUsage, IsTheFirstLineOfCpuStat)
{
    EXPECT_THAT(parse_cpu_usage("usage_usec 1500000\nuser_usec 1\nsystem_usec 2\n"), Optional(1500ms));
    EXPECT_EQ(parse_cpu_usage("user_usec 1\n"), std::nullopt);
    EXPECT_EQ(parse_cpu_usage("usage_usec x\n"), std::nullopt);
}

TEST(ServerOfUnit, IsTheNameBetween)
{
    EXPECT_EQ(server_of_unit("left4me-server@coop-1.service")->str(), "coop-1");
    for (const auto* other :
         {"left4me-overlay@coop1.service", "left4me-server@.service", "left4me-server@A.service",
          "left4me-server@a\\x2fb.service", "left4me-server@coop1.timer", "", "left4me-server@"})
        EXPECT_EQ(server_of_unit(other), std::nullopt) << other;
}

TEST(Pause, IsShortWhereSomebodyWaits)
{
    using enum AnswerState;
    EXPECT_EQ(pause_before_next(answers, 1h, false), 60s);
    EXPECT_EQ(pause_before_next(answers, 1h, true), 5s);
    EXPECT_EQ(pause_before_next(loading, 10s, false), 1s);
    EXPECT_EQ(pause_before_next(loading, 5min, false), 5s);
    EXPECT_EQ(pause_before_next(loading, 1h, false), 60s);
    EXPECT_EQ(pause_before_next(silent, 10s, false), 5s);
    EXPECT_EQ(pause_before_next(silent, 1h, false), 60s);
    EXPECT_EQ(pause_before_next(silent, 1h, true), 5s);
}

} // namespace
} // namespace left4me
