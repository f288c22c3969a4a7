#include "model/own_path.hpp"

#include "text_case.hpp"

#include <climits>

namespace left4me {
namespace {

using namespace std::string_literals;

class GoodOwnPath : public testing::TestWithParam<TextCase> {};
TEST_P(GoodOwnPath, IsKeptAsItIs)
{
    const auto path = OwnPath::parse(GetParam().text);
    ASSERT_THAT(path, Succeeds());
    EXPECT_EQ(path->str(), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(OwnPath, GoodOwnPath,
                         testing::Values(TextCase{"name", "a"},
                                         TextCase{"parts", "left4dead2/cfg/a.cfg"},
                                         TextCase{"any_bytes", "a\n\x1b[2J\xff/ b"},
                                         TextCase{"dots", "..a/.b/c.."},
                                         TextCase{"longest", std::string(PATH_MAX - 1, 'a')}),
                         NameOfCase());

class BadOwnPath : public testing::TestWithParam<TextCase> {};
TEST_P(BadOwnPath, IsBadDataWithTheRule)
{
    EXPECT_THAT(OwnPath::parse(GetParam().text), FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    OwnPath, BadOwnPath,
    testing::Values(TextCase{"empty", "", "it is empty"}, TextCase{"absolute", "/etc", "relative"},
                    TextCase{"slash", "/", "relative"}, TextCase{"above", "..", "'.' and '..'"},
                    TextCase{"above_in_it", "a/../../b", "'.' and '..'"},
                    TextCase{"dot", "./a", "'.' and '..'"}, TextCase{"empty_part", "a//b", "empty part"},
                    TextCase{"two_slashes_at_its_end", "a//", "empty part"},
                    TextCase{"nul", "a\0b"s, "NUL"},
                    TextCase{"long", std::string(PATH_MAX, 'a'), "longer than"}),
    NameOfCase());

TEST(OwnPath, LeavesOutTheSlashOfADirectory)
{
    EXPECT_EQ(OwnPath::parse("a/b/")->str(), "a/b");
}

TEST(OwnPath, TellsItsPartsAndWhatItHolds)
{
    const auto path = OwnPath::parse("a/b").value();
    EXPECT_EQ(path.parent(), "a");
    EXPECT_EQ(path.name(), "b");
    EXPECT_EQ(OwnPath::parse("a")->parent(), ".");
    EXPECT_EQ(OwnPath::parse("a")->name(), "a");
    EXPECT_TRUE(path.holds("a/b"));
    EXPECT_TRUE(path.holds("a/b/c"));
    EXPECT_FALSE(path.holds("a/bc"));
    EXPECT_FALSE(path.holds("a"));
}

} // namespace
} // namespace left4me
