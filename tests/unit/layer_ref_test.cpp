#include "model/layer_ref.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::string_literals;

/// size bytes in parts of at most 100.
std::string path_of(std::size_t size)
{
    std::string path(size, 'a');
    for (std::size_t i = 100; i + 1 < size; i += 101)
        path[i] = '/';
    return path;
}

class GoodRef : public testing::TestWithParam<TextCase> {};
TEST_P(GoodRef, IsKeptAsItIs)
{
    const auto ref = LayerRef::parse(GetParam().text);
    ASSERT_THAT(ref, Succeeds());
    EXPECT_EQ(ref->str(), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(LayerRef, GoodRef,
                         testing::Values(TextCase{"one_letter", "a"}, TextCase{"digit", "4"},
                                         TextCase{"uppercase", "Base"},
                                         TextCase{"two_parts", "competitive/base"},
                                         TextCase{"three_parts", "users/42/custom"},
                                         TextCase{"all_kinds", "aZ0._-"},
                                         TextCase{"inner_dots", "v1..2"}, TextCase{"trailing_dot", "a."},
                                         TextCase{"the_word_installation", "installation"},
                                         TextCase{"max_part_size", std::string(255, 'a')},
                                         TextCase{"max_last_part", "a/" + std::string(255, 'a')},
                                         TextCase{"longest", path_of(3900)}),
                         NameOfCase());

class BadRef : public testing::TestWithParam<TextCase> {};
TEST_P(BadRef, IsBadDataWithTheRule)
{
    const auto ref = LayerRef::parse(GetParam().text);
    EXPECT_THAT(ref, FailsWith(ExitStatus::bad_data, GetParam().message));
    EXPECT_THAT(ref, FailsWith(ExitStatus::bad_data, "is not a layer"));
}
constexpr auto begin_rule = "must begin with a letter or a digit";
constexpr auto letters_rule = "only letters, digits";
INSTANTIATE_TEST_SUITE_P(
    LayerRef, BadRef,
    testing::Values(
        TextCase{"empty", "", "it is empty"}, TextCase{"absolute", "/etc", "must be relative"},
        TextCase{"root", "/", "must be relative"}, TextCase{"dot_dot", "..", "'..' is not allowed"},
        TextCase{"upwards_first", "../a", "'..' is not allowed"},
        TextCase{"upwards_last", "a/..", "'..' is not allowed"},
        TextCase{"down_and_up", "a/../a", "'..' is not allowed"}, TextCase{"dot", ".", begin_rule},
        TextCase{"inner_dot", "a/./b", begin_rule}, TextCase{"three_dots", "...", begin_rule},
        TextCase{"hidden", ".a", begin_rule}, TextCase{"hidden_part", "a/.b", begin_rule},
        TextCase{"hyphen", "-a", begin_rule}, TextCase{"hyphen_part", "a/-b", begin_rule},
        TextCase{"underscore", "_a", begin_rule}, TextCase{"empty_part", "a//b", "empty part"},
        TextCase{"trailing_slash", "a/", "empty part"}, TextCase{"colon", "a:b", letters_rule},
        TextCase{"comma", "a,b", letters_rule}, TextCase{"backslash", "a\\b", letters_rule},
        TextCase{"space", "a b", letters_rule}, TextCase{"newline", "a\nb", letters_rule},
        TextCase{"trailing_newline", "a\n", letters_rule}, TextCase{"nul", "a\0b"s, letters_rule},
        TextCase{"specifier", "a%i", letters_rule}, TextCase{"dollar", "a$b", letters_rule},
        TextCase{"equals", "a=b", letters_rule}, TextCase{"at", "a@b", letters_rule},
        TextCase{"non_ascii", "b\u00e4", letters_rule},
        TextCase{"non_ascii_first", "\u00e4", begin_rule},
        TextCase{"part_too_long", std::string(256, 'a'), "longer than 255"},
        TextCase{"last_part_too_long", "a/" + std::string(256, 'a'), "longer than 255"},
        TextCase{"too_long", path_of(3901), "longer than 3900"}),
    NameOfCase());

struct Pair {
    std::string name;
    std::string a;
    std::string b;
    bool overlap;
};
void PrintTo(const Pair& row, std::ostream* out)
{
    *out << row.a << " and " << row.b;
}
class Overlap : public testing::TestWithParam<Pair> {};
TEST_P(Overlap, IsSymmetric)
{
    const auto a = LayerRef::parse(GetParam().a).value();
    const auto b = LayerRef::parse(GetParam().b).value();
    EXPECT_EQ(a.overlaps(b), GetParam().overlap);
    EXPECT_EQ(b.overlaps(a), GetParam().overlap);
}
INSTANTIATE_TEST_SUITE_P(
    LayerRef, Overlap,
    testing::Values(Pair{"same", "a", "a", true}, Pair{"child", "a", "a/b", true},
                    Pair{"grandchild", "a", "a/b/c", true}, Pair{"same_deep", "a/b", "a/b", true},
                    Pair{"longer_word", "a", "ab", false},
                    Pair{"longer_word_deep", "a/b", "a/bc", false},
                    Pair{"siblings", "a/b", "a/c", false}, Pair{"hyphen", "a", "a-b", false},
                    Pair{"dot", "a", "a.b", false}, Pair{"other_case", "a", "A", false},
                    Pair{"inner_name", "b", "a/b", false}),
    NameOfCase());

} // namespace
} // namespace left4me
