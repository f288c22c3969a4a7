#include "model/output_limit.hpp"

#include "text_case.hpp"

#include <algorithm>
#include <format>

namespace left4me {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using testing::EndsWith;
using testing::StartsWith;

const OutputLimit::Time begin;

std::ptrdiff_t lines(const std::string& text)
{
    return std::ranges::count(text, '\n');
}

/// A line as long as they may be, and its newline.
std::string long_line()
{
    return std::string(OutputLimit::max_line - 1, 'x') + '\n';
}

std::string many(std::size_t count, const std::string& line)
{
    std::string text;
    for (std::size_t done = 0; done < count; ++done)
        text += line;
    return text;
}

TEST(OutputLimit, PassesOrdinaryOutputAsItIs)
{
    OutputLimit limit("the game", begin);
    EXPECT_EQ(limit.pass("Loading map \"c1m1_hotel\"\n\nsv_lan 0\n", begin),
              "Loading map \"c1m1_hotel\"\n\nsv_lan 0\n");
    EXPECT_EQ(limit.finish(begin), "");
}

TEST(OutputLimit, HoldsALineUntilItIsWhole)
{
    OutputLimit limit("the game", begin);
    EXPECT_EQ(limit.pass("Conne", begin), "");
    EXPECT_EQ(limit.pass("cted\nNext", begin), "Connected\n");
    EXPECT_EQ(limit.finish(begin), "Next\n");
}

TEST(OutputLimit, EndsLinesWhereTheJournalDoes)
{
    OutputLimit limit("the game", begin);
    EXPECT_EQ(limit.pass("a\0b\0\0c\n"sv, begin), "a\nb\n\nc\n");
}

TEST(OutputLimit, CutsALineThatIsTooLong)
{
    OutputLimit limit("the game", begin);
    const auto cut = std::string(OutputLimit::max_line, 'x') + '\n';
    EXPECT_EQ(limit.pass(std::string(2 * OutputLimit::max_line + 1, 'x'), begin), cut + cut);
    EXPECT_EQ(limit.pass("\n", begin), "x\n");
}

TEST(OutputLimit, LeavesLongLinesOutByTheirBytes)
{
    OutputLimit limit("the game", begin);
    const auto passed = limit.pass(many(10'000, long_line()), begin);
    EXPECT_LE(passed.size(), OutputLimit::burst + 200);
    EXPECT_GE(passed.size(), OutputLimit::burst / 2);
    EXPECT_THAT(passed, EndsWith("the next lines are left out\n"));
}

TEST(OutputLimit, LeavesShortLinesOutByWhatTheJournalKeepsBesideThem)
{
    OutputLimit limit("the game", begin);
    const auto passed = limit.pass(many(100'000, "x\n"), begin);
    EXPECT_LE(lines(passed), OutputLimit::burst / OutputLimit::line_cost + 1);
    EXPECT_GE(lines(passed), 1000);
    EXPECT_THAT(passed, EndsWith("the next lines are left out\n"));
}

TEST(OutputLimit, NulsAreNoWayAroundIt)
{
    OutputLimit limit("the game", begin);
    std::string output;
    for (int done = 0; done < 100'000; ++done)
        output += "x\0"sv;
    EXPECT_LE(lines(limit.pass(output, begin)), OutputLimit::burst / OutputLimit::line_cost + 1);
}

TEST(OutputLimit, TellsOnceHowManyItLeftOutAndGoesOn)
{
    OutputLimit limit("the game", begin);
    const auto passed = lines(limit.pass(many(10'000, long_line()), begin)) - 1;
    EXPECT_EQ(limit.pass("lost\n", begin + 1s), "");
    EXPECT_EQ(limit.pass("back\n", begin + 60s),
              std::format("left4me: {} lines of the game, {} bytes, were left out here\nback\n",
                          10'000 - passed + 1,
                          (10'000 - passed) * (OutputLimit::max_line - 1) + "lost"sv.size()));
    EXPECT_EQ(limit.pass("and again\n", begin + 60s), "and again\n");
}

TEST(OutputLimit, TellsAtTheEndToo)
{
    OutputLimit limit("the game", begin);
    (void)limit.pass(many(10'000, long_line()), begin);
    EXPECT_THAT(limit.finish(begin), StartsWith("left4me: "));
    EXPECT_EQ(limit.finish(begin), "");
}

TEST(OutputLimit, AFloodWithoutEndGetsWhatASecondMayHave)
{
    OutputLimit limit("the game", begin);
    std::size_t passed = limit.pass(many(1000, long_line()), begin).size();
    constexpr int seconds = 120;
    for (int second = 1; second <= seconds; ++second)
        passed += limit.pass(many(8, long_line()), begin + std::chrono::seconds(second)).size();
    EXPECT_LE(passed, OutputLimit::burst + seconds * (OutputLimit::per_second + 200));
    EXPECT_GE(passed, OutputLimit::burst / 2 + seconds * OutputLimit::per_second / 2);
}

} // namespace
} // namespace left4me
