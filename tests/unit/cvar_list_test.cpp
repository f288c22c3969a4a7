#include "game/cvar_list.hpp"

#include "system/format.hpp"

#include <gmock/gmock.h>

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Names = std::vector<std::string>;

struct ListCase {
    std::string name;
    std::string answer;
    Names names;
};

class CvarNames : public testing::TestWithParam<ListCase> {};

TEST_P(CvarNames, AreThoseOfLinesThatNameOne)
{
    EXPECT_EQ(CvarList(GetParam().answer).names(), GetParam().names);
}

INSTANTIATE_TEST_SUITE_P(
    Lists, CvarNames,
    testing::Values(
        ListCase{"whole",
                 "cvar list\n--------------\n"
                 "+attack                                  : cmd      :                  : \n"
                 "sv_cheats                                : 0        : , \"nf\", \"rep\"    : Allow "
                 "cheats on server\n"
                 "changelevel                              : cmd      :                  : Change\n"
                 "--------------\n  3 total convars/concommands\n",
                 {"+attack", "changelevel", "sv_cheats"}},
        ListCase{"none", "", {}}, ListCase{"no_list", "Unknown command \"cvarlist\"\n", {}},
        ListCase{"cut", "sv_cheats : 0\nsv_la", {"sv_cheats"}},
        ListCase{"twice", "a : 0 : : \na : 0 : : \n", {"a"}},
        ListCase{"upper_case_first", "b : 0 :\nA : 0 :\n", {"A", "b"}},
        ListCase{"no_colon", "players 0 : humans\n", {}},
        ListCase{"colon_at_once", "sv_cheats: 0\n", {}},
        ListCase{"control_characters", "a\x1b[2J : 0 :\nb\r : 0 :\n\x9b : 0 :\nc : 0 :\n", {"c"}},
        ListCase{"what_ends_a_word", "a;quit : 0 :\na\"b : 0 :\n", {}},
        ListCase{"nul", std::string("a\0b : 0 :\n", 10), {}},
        ListCase{"no_bytes_of_utf8", "n\xc3\xa4me : 0 :\n", {}},
        ListCase{"long",
                 std::string(65, 'x') + " : 0 :\n" + std::string(64, 'y') + " : 0 :\n",
                 {std::string(64, 'y')}}),
    [](const auto& row) { return row.param.name; });

TEST(CvarList, TakesNoMoreThanSoMany)
{
    std::string answer;
    for (std::size_t i = 0; i < 2 * CvarList::max_names; ++i)
        answer += formatted("v{} : 0 :\n", i);
    EXPECT_EQ(CvarList(answer).names().size(), CvarList::max_names);
}

TEST(CvarList, FindsThoseThatBeginSoInWhicheverCase)
{
    const CvarList list("sv_lan : 0 :\nSV_Cheats : 0 :\nsay : cmd :\n");
    EXPECT_THAT(list.beginning_with("sv_"), ElementsAre("SV_Cheats", "sv_lan"));
    EXPECT_THAT(list.beginning_with("SA"), ElementsAre("say"));
    EXPECT_THAT(list.beginning_with("sv_lan_long"), IsEmpty());
    EXPECT_THAT(list.beginning_with(""), IsEmpty());
}

} // namespace
} // namespace left4me
