#include "model/blueprint.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;
using testing::Values;

const GamePort port = GamePort::parse("27016").value();

TEST(Blueprint, IsASpecOfEachPort)
{
    const auto made =
        Blueprint::parse({.layers = "competitive/base  base\r\n\n  standard\n",
                          .hide = "left4dead2/addons/a.vpk\n",
                          .arguments = "+map c1m1_hotel\n\t-tickrate 60 \"a b\" \"\"\n",
                          .config = "hostname \"it's $me\"\n\n  sv_tags \"a # b: c\"\n\n\n"});
    ASSERT_THAT(made, Succeeds());
    const auto spec = parse_instance_spec("spec.yaml", made->spec(port));
    ASSERT_THAT(spec, Succeeds()) << made->spec(port);
    EXPECT_EQ(spec->port, port);
    ASSERT_EQ(spec->overlays.size(), 2U);
    EXPECT_EQ(spec->overlays[0].ref.str(), "competitive/base");
    EXPECT_EQ(spec->overlays[0].alias->str(), "base");
    EXPECT_EQ(spec->overlays[1].ref.str(), "standard");
    EXPECT_FALSE(spec->overlays[1].alias);
    ASSERT_EQ(spec->hidden.size(), 1U);
    EXPECT_EQ(spec->hidden[0].path.str(), "left4dead2/addons/a.vpk");
    EXPECT_THAT(spec->arguments, ElementsAre("+map", "c1m1_hotel", "-tickrate", "60", "a b", ""));
    EXPECT_THAT(spec->config, ElementsAre("hostname \"it's $me\"", "", "  sv_tags \"a # b: c\""));
}

TEST(Blueprint, IsTheSameWhenItsTextIsReadAgain)
{
    const BlueprintText text = {.layers = "a alias\nb",
                                .hide = "left4dead2/addons/x",
                                .arguments = "+map c1m1_hotel\n\"a b\"",
                                .config = "hostname x\n\n// the end"};
    const auto made = Blueprint::parse(text);
    ASSERT_THAT(made, Succeeds());
    EXPECT_EQ(made->text(), text);
    const auto again = Blueprint::parse(made->text());
    ASSERT_THAT(again, Succeeds());
    EXPECT_EQ(again->spec(port), made->spec(port));
}

TEST(Blueprint, MayBeEmpty)
{
    const auto made = Blueprint::parse({});
    ASSERT_THAT(made, Succeeds());
    EXPECT_EQ(made->spec(port), "port: 27016\n");
}

struct Bad {
    std::string name;
    BlueprintText text;
    std::string told;
};
void PrintTo(const Bad& row, std::ostream* out)
{
    *out << row.name;
}

/// What is wrong is told by the part and its line.
class BadBlueprint : public testing::TestWithParam<Bad> {};
TEST_P(BadBlueprint, IsRefused)
{
    EXPECT_THAT(Blueprint::parse(GetParam().text), FailsWith(ExitStatus::bad_data, GetParam().told));
}
INSTANTIATE_TEST_SUITE_P(
    Each, BadBlueprint,
    Values(
        Bad{"no_layer", {.layers = "a\n\n../b"}, "Layers, line 3: "},
        Bad{"three_words", {.layers = "a b c"}, "Layers, line 1: a layer, and perhaps"},
        Bad{"layer_twice", {.layers = "a\nb\n\na"}, "Layers, line 4: layer 'a' is the one of line 1"},
        Bad{"alias_twice", {.layers = "a x\nb x"}, "Layers, line 2: 'x' is the alias of line 1"},
        Bad{"bad_alias", {.layers = "a X"}, "Layers, line 1: "},
        Bad{"hidden_parent", {.hide = "left4dead2/addons\nleft4dead2/../x"}, "Hidden files, line 2: "},
        Bad{"reserved", {.arguments = "+map x\n-port 27015"}, "Arguments, line 2: "},
        Bad{"open_quote_of_word", {.arguments = "+map \"x"}, "Arguments, line 1: '\"x' has a quote"},
        Bad{"open_quote", {.config = "a\n\nhostname \"x"}, "Configuration, line 3: "},
        Bad{"control", {.config = "a\nb\x1b[2J"}, "a character that a spec cannot have"},
        Bad{"not_utf8", {.config = "a\xff"}, "a character that a spec cannot have"},
        Bad{"rcon_password", {.config = "a\n  RCON_password x"}, "Configuration, line 2: rcon_password"},
        Bad{"rcon_password_off", {.config = "rcon_password \"\""}, "Configuration, line 1: rcon"},
        Bad{"rcon_password_behind",
            {.config = "a; sm_cvar rcon_\"passw\"ord x"},
            "Configuration, line 1: "},
        Bad{"rcon_password_argument", {.arguments = "+rcon_password x"}, "Arguments, line 1: rcon"},
        Bad{"long_line", {.config = std::string(5000, 'x')}, "Configuration, line 1: a line is longer"}),
    [](const auto& row) { return row.param.name; });

TEST(Blueprint, MayNameThePasswordInAComment)
{
    EXPECT_THAT(Blueprint::parse({.config = "  // rcon_password is the server's own"}), Succeeds());
}

} // namespace
} // namespace left4me
