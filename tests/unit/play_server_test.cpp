#include "verbs/play_server.hpp"

#include "host/instance_store.hpp"
#include "model/instance_spec.hpp"
#include "text_case.hpp"

#include <set>

namespace left4me {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

GamePort port(unsigned number)
{
    return *GamePort::parse(std::to_string(number));
}

TEST(PlaySpec, IsOneThatInitializeTakes)
{
    PlaySpec spec = {port(27999), {}, {}, "pass-word"};
    spec.overlays.push_back(*LayerRef::parse("competitive/base"));
    spec.overlays.push_back(*LayerRef::parse("standard"));
    spec.hidden.push_back(*HiddenPath::parse("left4dead2/addons/it's \"odd\".vpk"));
    const auto text = play_spec(spec);
    EXPECT_TRUE(is_play_spec(text));
    const auto parsed = parse_instance_spec("spec", text);
    ASSERT_THAT(parsed, Succeeds());
    EXPECT_EQ(parsed->port, port(27999));
    ASSERT_EQ(parsed->overlays.size(), 2U);
    EXPECT_EQ(parsed->overlays[0].ref.str(), "competitive/base");
    EXPECT_EQ(parsed->overlays[1].ref.str(), "standard");
    ASSERT_EQ(parsed->hidden.size(), 1U);
    EXPECT_EQ(parsed->hidden[0].path, spec.hidden[0]);
    EXPECT_THAT(parsed->arguments, ElementsAre("+map", "c1m1_hotel"));
    EXPECT_THAT(parsed->config, Contains("sv_password \"pass-word\""));
    EXPECT_EQ(parsed->watch.hang_after, std::chrono::seconds(0)) << "nobody else restarts it";
    EXPECT_THAT(parse_instance_spec("spec", play_spec({port(27000), {}, {}, "x"})), Succeeds());
}

TEST(PlaySpec, IsToldFromTheOperators)
{
    EXPECT_FALSE(is_play_spec(""));
    EXPECT_FALSE(is_play_spec("port: 27015\n"));
    EXPECT_FALSE(is_play_spec("port: 27015\n" + play_spec({port(27000), {}, {}, "x"})));
}

TEST(PlayServer, TakesTheHighestPortThatIsFree)
{
    const PortRange range = {port(27000), port(27003)};
    const auto free_but = [](std::set<unsigned> taken) {
        return [taken](GamePort one) { return !taken.contains(one.number()); };
    };
    EXPECT_EQ(highest_port(range, free_but({})), port(27003));
    EXPECT_EQ(highest_port(range, free_but({27003, 27002})), port(27001));
    EXPECT_EQ(highest_port(range, free_but({27003, 27002, 27001, 27000})), std::nullopt);
}

} // namespace
} // namespace left4me
