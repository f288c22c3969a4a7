#include "model/layer_alias.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::string_literals;

class GoodAlias : public testing::TestWithParam<TextCase> {};
TEST_P(GoodAlias, IsKeptAsItIs)
{
    const auto alias = LayerAlias::parse(GetParam().text);
    ASSERT_THAT(alias, Succeeds());
    EXPECT_EQ(alias->str(), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(LayerAlias, GoodAlias,
                         testing::Values(TextCase{"one_letter", "b"}, TextCase{"one_digit", "1"},
                                         TextCase{"all_kinds", "base-2_x"},
                                         TextCase{"longest", std::string(32, 'a')}),
                         NameOfCase());

class BadAlias : public testing::TestWithParam<TextCase> {};
TEST_P(BadAlias, IsBadDataWithTheRule)
{
    const auto alias = LayerAlias::parse(GetParam().text);
    EXPECT_THAT(alias, FailsWith(ExitStatus::bad_data, GetParam().message));
    EXPECT_THAT(alias, FailsWith(ExitStatus::bad_data, "is not an alias"));
}
INSTANTIATE_TEST_SUITE_P(
    LayerAlias, BadAlias,
    testing::Values(TextCase{"empty", "", "it is empty"},
                    TextCase{"too_long", std::string(33, 'a'), "longer than 32"},
                    TextCase{"uppercase", "Base", "must begin"}, TextCase{"hyphen", "-a", "must begin"},
                    TextCase{"underscore", "_a", "must begin"}, TextCase{"dot_dot", "..", "must begin"},
                    TextCase{"file", "a.cfg", "only a-z"}, TextCase{"slash", "a/b", "only a-z"},
                    TextCase{"space", "a b", "only a-z"}, TextCase{"newline", "a\n", "only a-z"},
                    TextCase{"nul", "a\0b"s, "only a-z"}, TextCase{"non_ascii", "b\u00e4", "only a-z"}),
    NameOfCase());

} // namespace
} // namespace left4me
