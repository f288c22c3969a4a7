#include "model/spec_blueprint.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

Result<Blueprint> made_of(const std::string& text)
{
    return parse_instance_spec("spec.yaml", text).and_then(blueprint_of);
}

TEST(SpecBlueprint, SaysWhatTheSpecSays)
{
    const auto made =
        made_of("port: 27016\noverlays: [{path: competitive/base, alias: base}, {path: b}]\n"
                "hide: [left4dead2/addons/a.vpk]\n"
                "arguments: ['+map', c1m1_hotel, 'a b', '', 'c\"d']\n"
                "config: ['hostname \"x y\"', '', '  // rcon_password', 'sv_tags a']\n");
    ASSERT_THAT(made, Succeeds());
    EXPECT_EQ(made->text(),
              (BlueprintText{.layers = "competitive/base base\nb",
                             .hide = "left4dead2/addons/a.vpk",
                             .arguments = "+map\nc1m1_hotel\n\"a b\"\n\"\"\nc\"d",
                             .config = "hostname \"x y\"\n\n  // rcon_password\nsv_tags a"}));
}

TEST(SpecBlueprint, LeavesThePasswordToTheServer)
{
    const auto made =
        made_of("port: 27016\nconfig: ['a', 'rcon_password \"x y\"', 'RCON_Password z', 'b']\n");
    ASSERT_THAT(made, Succeeds());
    EXPECT_EQ(made->text().config, "a\nb");
}

class NoBlueprint : public testing::TestWithParam<TextCase> {};
TEST_P(NoBlueprint, IsMadeOfIt)
{
    EXPECT_THAT(made_of("port: 27016\n" + GetParam().text),
                FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    Specs, NoBlueprint,
    testing::Values(TextCase{"query", "query: none\n", "it has query or hang_after"},
                    TextCase{"hang_after", "hang_after: 30\n", "it has query or hang_after"},
                    TextCase{"password_argument", "arguments: ['+rcon_password', x]\n",
                             "rcon_password is not set here"},
                    TextCase{"password_among_others", "config: ['a; rcon_password x']\n",
                             "rcon_password is not set here"},
                    TextCase{"quote_and_blank", "arguments: ['a \"b']\n", "no blueprint can say"},
                    TextCase{"leading_quote", "arguments: ['\"a']\n", "quote"}),
    NameOfCase());

} // namespace
} // namespace left4me
