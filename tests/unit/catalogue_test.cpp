// The attack catalogue itself: no case shows less than it could.

#include "catalogue.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <set>

namespace left4me::escape {
namespace {

struct Catalogue : testing::TestWithParam<std::vector<Case>> {};

TEST_P(Catalogue, TakesTheLayersOfEachCaseAwayOrSaysThatTheKernelHolds)
{
    for (const auto& attack : GetParam()) {
        EXPECT_TRUE(attack.flip != Flip::none || attack.control == Control::kernel)
            << attack.row << ' ' << attack.attempt;
        EXPECT_TRUE(attack.flip != Flip::settings || !attack.settings.empty())
            << attack.row << ' ' << attack.attempt;
    }
}

TEST_P(Catalogue, EndsEachCaseWithTheAttackThatSucceeds)
{
    const auto reaches = [](const Case& attack) {
        return !attack.rest.empty() || std::ranges::all_of(attack.flipped, [&](const auto& result) {
            return std::ranges::contains(attack.reached, result);
        });
    };
    for (const auto& attack : GetParam())
        EXPECT_TRUE(reaches(attack) || attack.control == Control::kernel)
            << attack.row << ' ' << attack.attempt;
}

TEST_P(Catalogue, TellsItsCasesApart)
{
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& attack : GetParam())
        EXPECT_TRUE(seen.emplace(attack.row, attack.attempt).second)
            << attack.row << ' ' << attack.attempt;
    EXPECT_FALSE(seen.empty());
}

/// No row stands there that is a mere pointer to tests: what they take away is said, or why
/// nothing can be taken away.
TEST(OtherRows, SayWhereTheAttackSucceedsAndWhatIsTakenAwayForThat)
{
    const std::set<std::string> with_both = {"M9", "M10", "M11", "S47", "S48", "W6", "L3", "X5"};
    std::set<std::string> found;
    for (const auto& other : other_rows()) {
        EXPECT_EQ(other.control.empty(), other.flip.empty()) << other.row;
        EXPECT_FALSE(!other.flip.empty() && other.tests.empty()) << other.row;
        if (!other.flip.empty())
            found.insert(other.row);
    }
    EXPECT_EQ(found, with_both);
}

std::string name_of_list(const testing::TestParamInfo<std::vector<Case>>& list)
{
    const std::array names = {"Servers", "Builds", "MultiarchBuilds"};
    return names.at(list.index);
}

INSTANTIATE_TEST_SUITE_P(Of, Catalogue,
                         testing::Values(cases(), build_cases(BuildUnit::native),
                                         build_cases(BuildUnit::multiarch)),
                         name_of_list);

} // namespace
} // namespace left4me::escape
