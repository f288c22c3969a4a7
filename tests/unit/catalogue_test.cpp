// The attack catalogue itself: no case shows less than it could.

#include "catalogue.hpp"

#include <algorithm>
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

INSTANTIATE_TEST_SUITE_P(Of, Catalogue, testing::Values(cases(), build_cases()),
                         [](const auto& list) { return list.index == 0 ? "Servers" : "Builds"; });

} // namespace
} // namespace left4me::escape
