#include "model/instance_name.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::string_literals;

class GoodName : public testing::TestWithParam<TextCase> {};
TEST_P(GoodName, IsKeptAsItIs)
{
    const auto name = InstanceName::parse(GetParam().text);
    ASSERT_THAT(name, Succeeds());
    EXPECT_EQ(name->str(), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(InstanceName, GoodName,
                         testing::Values(TextCase{"one_letter", "a"}, TextCase{"one_digit", "0"},
                                         TextCase{"digits_only", "2024"},
                                         TextCase{"all_kinds", "coop-1_b"},
                                         TextCase{"trailing_hyphen", "a-"},
                                         TextCase{"trailing_underscore", "a_"},
                                         TextCase{"double_hyphen", "a--b"}, TextCase{"a_verb", "status"},
                                         TextCase{"longest", std::string(64, 'a')}),
                         NameOfCase());

class BadName : public testing::TestWithParam<TextCase> {};
TEST_P(BadName, IsUsageWithTheRule)
{
    const auto name = InstanceName::parse(GetParam().text);
    EXPECT_THAT(name, FailsWith(ExitStatus::usage, GetParam().message));
    EXPECT_THAT(name, FailsWith(ExitStatus::usage, "is not an instance name"));
}
constexpr auto begin_rule = "must begin with a-z or 0-9";
constexpr auto letters_rule = "only a-z, 0-9, '_' and '-'";
INSTANTIATE_TEST_SUITE_P(
    InstanceName, BadName,
    testing::Values(
        TextCase{"empty", "", "it is empty"},
        TextCase{"too_long", std::string(65, 'a'), "longer than 64"},
        TextCase{"far_too_long", std::string(100'000, 'a'), "longer than 64"},
        TextCase{"uppercase_first", "Coop", begin_rule},
        TextCase{"uppercase_later", "cooP", letters_rule}, TextCase{"leading_hyphen", "-a", begin_rule},
        TextCase{"option", "--help", begin_rule}, TextCase{"leading_underscore", "_a", begin_rule},
        TextCase{"leading_dot", ".a", begin_rule}, TextCase{"dot", ".", begin_rule},
        TextCase{"dot_dot", "..", begin_rule}, TextCase{"inner_dot", "a.b", letters_rule},
        TextCase{"inner_dot_dot", "a..b", letters_rule}, TextCase{"absolute", "/a", begin_rule},
        TextCase{"slash", "a/b", letters_rule}, TextCase{"trailing_slash", "a/", letters_rule},
        TextCase{"upwards", "a/../b", letters_rule}, TextCase{"specifier", "%I", begin_rule},
        TextCase{"later_specifier", "a%i", letters_rule}, TextCase{"instance_mark", "a@b", letters_rule},
        TextCase{"unit_suffix", "a.service", letters_rule}, TextCase{"inner_space", "a b", letters_rule},
        TextCase{"leading_space", " a", begin_rule}, TextCase{"trailing_space", "a ", letters_rule},
        TextCase{"newline", "a\nb", letters_rule}, TextCase{"trailing_newline", "a\n", letters_rule},
        TextCase{"carriage_return", "a\r", letters_rule}, TextCase{"tab", "a\tb", letters_rule},
        TextCase{"nul", "a\0b"s, letters_rule}, TextCase{"trailing_nul", "a\0"s, letters_rule},
        TextCase{"only_nul", "\0"s, begin_rule}, TextCase{"umlaut", "k\u00f6ln", letters_rule},
        TextCase{"invalid_utf8", "a\xff", letters_rule}, TextCase{"backslash", "a\\x2d", letters_rule},
        TextCase{"glob", "a*", letters_rule}, TextCase{"equals", "a=b", letters_rule},
        TextCase{"quote", "a'", letters_rule}),
    NameOfCase());

TEST(InstanceName, IsNeverEmptyByConstruction)
{
    static_assert(!std::is_default_constructible_v<InstanceName>);
    static_assert(!std::is_constructible_v<InstanceName, std::string>);
}

TEST(InstanceNames, AreInNaturalOrder)
{
    const std::vector<std::string> ordered = {"1",
                                              "2",
                                              "10",
                                              "a",
                                              "coop",
                                              "coop-2",
                                              "coop01",
                                              "coop1",
                                              "coop1a",
                                              "coop2",
                                              "coop2b",
                                              "coop10",
                                              "coop99999999999999999998",
                                              "coop99999999999999999999",
                                              "coop_1"};
    std::vector<InstanceName> names;
    for (const auto& text : ordered)
        names.insert(names.begin(), InstanceName::parse(text).value());
    std::ranges::sort(names);
    std::vector<std::string> sorted;
    for (const auto& name : names)
        sorted.push_back(name.str());
    EXPECT_EQ(sorted, ordered);
    // Only the same name is the same.
    EXPECT_NE(InstanceName::parse("coop1").value(), InstanceName::parse("coop01").value());
}

} // namespace
} // namespace left4me
