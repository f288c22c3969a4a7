#include "model/layer_act.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::ElementsAre;

const LayerRef maps = *LayerRef::parse("maps/custom");

TEST(LayerAct, HasItsWordsForL4d2ctl)
{
    using enum LayerAct;
    const auto command = [](LayerAct act) { return request_for(act, maps).value().command(); };
    EXPECT_THAT(command(rebuild), ElementsAre("overlay", "refresh", "maps/custom"));
    EXPECT_THAT(command(forget), ElementsAre("overlay", "forget", "maps/custom"));
    EXPECT_THAT(command(roll_back), ElementsAre("overlay", "rollback", "maps/custom"));
    EXPECT_THAT(command(LayerAct::remove), ElementsAre("overlay", "delete", "maps/custom"));
    EXPECT_THAT(request_for(roll_back, maps, 3)->command(),
                ElementsAre("overlay", "rollback", "maps/custom", "3"));
    EXPECT_THAT(request_for(roll_back, maps, 0), FailsWith(ExitStatus::bad_data, "version's number"));
    EXPECT_THAT(request_for(build, maps), FailsWith(ExitStatus::bad_data, "reads a file"))
        << "a build has a script: see build_request";
}

TEST(LayerAct, BuildsByAScriptThatComesAlong)
{
    const auto built = [](const LayerScript& script) { return build_request(maps, script); };
    const auto made = built({.text = "set -eu\n\ntrue\n", .multiarch = true, .daily = true});
    ASSERT_THAT(made, Succeeds());
    EXPECT_THAT(made->command(),
                ElementsAre("overlay", "build", "maps/custom", "--multiarch", "--daily", "--file", "-"));
    const auto again = script_of(*made);
    EXPECT_EQ(again.text, "set -eu\n\ntrue\n");
    EXPECT_TRUE(again.multiarch);
    EXPECT_TRUE(again.daily);
    EXPECT_FALSE(script_of(built({.text = "x", .daily = true}).value()).multiarch);
    EXPECT_FALSE(script_of(built({.text = "x", .multiarch = true}).value()).daily);
    EXPECT_THAT(built({.text = ""}), FailsWith(ExitStatus::bad_data, "reads a file"));
    // What looks like an option is a line of the script.
    EXPECT_THAT(built({.text = "--daily\n"})->command(),
                ElementsAre("overlay", "build", "maps/custom", "--file", "-"));
    EXPECT_THAT(built({.text = std::string(1024 * 1024 + 1, 'x')}),
                FailsWith(ExitStatus::bad_data, "are allowed"));
}

TEST(LayerAct, IsReadAgain)
{
    using enum LayerAct;
    for (const auto act : {build, rebuild, forget, roll_back, LayerAct::remove})
        EXPECT_EQ(parse_layer_act(word_for(act)), act);
    for (const auto* bad : {"", "Build", "build ", "start"})
        EXPECT_EQ(parse_layer_act(bad), std::nullopt) << bad;
}

} // namespace
} // namespace left4me
