// No directive of a unit is there for nothing: docs/directives.md says what shows it.

#include "directives.hpp"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <set>
#include <sstream>

namespace left4me::escape {
namespace {

std::string text_of(const std::string& path)
{
    std::ifstream file(std::string(SOURCE_ROOT) + "/" + path);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string unit_file(const std::string& unit)
{
    return text_of("units/" + unit + ".service");
}

struct Directives : testing::TestWithParam<std::string> {};

TEST_P(Directives, EachIsShownToMatterOrHasAReason)
{
    for (const auto& evidence : evidence_for(GetParam(), unit_file(GetParam())))
        EXPECT_FALSE(evidence.alone.empty() && evidence.with_others.empty() && evidence.reasons.empty())
            << evidence.directive;
}

TEST_P(Directives, NoCaseTakesAwayWhatIsNotThere)
{
    const auto there = directives_in(unit_file(GetParam()));
    // Said by another directive, or granted to show what an attack presumes.
    const std::set<std::string> implied = {"AmbientCapabilities",
                                           "BindPaths",
                                           "DevicePolicy",
                                           "OpenFile",
                                           "PrivateDevices",
                                           "PrivatePIDs",
                                           "PrivateUsers",
                                           "ProcSubset",
                                           "ProtectKernelTunables",
                                           "ProtectProc",
                                           "PrivateNetwork",
                                           "SystemCallErrorNumber",
                                           "User",
                                           "ProtectHome"};
    for (const auto& attack : cases_in(GetParam(), there)) {
        std::istringstream lines(attack.settings);
        for (std::string line; std::getline(lines, line);) {
            const auto name = line.substr(0, line.find('='));
            EXPECT_TRUE(implied.contains(name) || std::ranges::contains(there, name))
                << attack.attempt << ": " << name;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Of, Directives, testing::ValuesIn(units()), [](const auto& unit) {
    auto name = unit.param;
    std::erase_if(name, [](unsigned char byte) { return std::isalnum(byte) == 0; });
    return name;
});

TEST(DirectivesPage, HasNoReasonForADirectiveThatIsNotThere)
{
    for (const auto& reason : reasons()) {
        EXPECT_FALSE(reason.tests.empty() && reason.why.empty()) << reason.directive;
        std::size_t used = 0;
        for (const auto& unit : units()) {
            const bool meant = reason.units.empty() || std::ranges::contains(reason.units, unit);
            const bool there = std::ranges::contains(directives_in(unit_file(unit)), reason.directive);
            used += meant && there ? 1 : 0;
            EXPECT_TRUE(there || reason.units.empty() || !meant) << unit << ' ' << reason.directive;
        }
        EXPECT_GT(used, 0U) << reason.directive;
    }
}

TEST(DirectivesPage, IsTheOneInTheRepository)
{
    std::map<std::string, std::string> files;
    for (const auto& unit : units())
        files[unit] = unit_file(unit);
    const auto page = directives_page(files);
    EXPECT_EQ(page, text_of("docs/directives.md"));
}

/// The table for readers has each directive without which an attack gets further.
TEST(SecurityPage, NamesEachDirectiveThatHoldsByItself)
{
    const auto page = text_of("docs/security.md");
    for (const auto* unit : {"left4me-server@", "left4me-build@", "left4me-steamcmd"})
        for (const auto& evidence : evidence_for(unit, unit_file(unit)))
            EXPECT_TRUE(evidence.alone.empty() || page.contains("`" + evidence.directive + "="))
                << unit << ' ' << evidence.directive;
}

} // namespace
} // namespace left4me::escape
