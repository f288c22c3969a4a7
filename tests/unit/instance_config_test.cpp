#include "model/instance_config.hpp"

#include "text_case.hpp"

#include <format>

namespace left4me {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;

const std::string minimal = "L4D2_PORT=27015\nL4D2_LOWERDIR=installation\n";

std::vector<std::string> paths_of(const InstanceConfig& config)
{
    std::vector<std::string> paths;
    for (const auto& layer : config.lowerdirs)
        paths.push_back(layer.path());
    return paths;
}

TEST(InstanceConfig, ReadsTheExampleInOrder)
{
    const auto config =
        parse_instance_config("instance.conf", "L4D2_PORT=27015\nL4D2_ARG=+map\nL4D2_ARG=c1m1_hotel\n"
                                               "L4D2_LOWERDIR=overlays/competitive/base\n"
                                               "L4D2_LOWERDIR=overlays/standard\n"
                                               "L4D2_LOWERDIR=installation\n");
    ASSERT_THAT(config, Succeeds());
    EXPECT_EQ(config->port.number(), 27015);
    EXPECT_THAT(config->arguments, ElementsAre("+map", "c1m1_hotel"));
    EXPECT_THAT(paths_of(*config),
                ElementsAre("overlays/competitive/base", "overlays/standard", "installation"));
}

TEST(InstanceConfig, TakesTheMostLayersThatOneMountCanHave)
{
    std::string text = "L4D2_PORT=27015\n";
    for (std::size_t i = 0; i + 1 < max_lowerdirs; ++i)
        text += std::format("L4D2_LOWERDIR=overlays/l{}\n", i);
    const auto config = parse_instance_config("f", text + "L4D2_LOWERDIR=installation\n");
    ASSERT_THAT(config, Succeeds());
    EXPECT_EQ(config->lowerdirs.size(), 499U);
    EXPECT_THAT(
        parse_instance_config("f", text + "L4D2_LOWERDIR=overlays/z\nL4D2_LOWERDIR=installation\n"),
        FailsWith(ExitStatus::bad_data, "f:501: 'L4D2_LOWERDIR': there are more than 499"));
}

TEST(InstanceConfig, TakesTheMostArguments)
{
    std::string text = minimal;
    for (std::size_t i = 0; i < max_arguments; ++i)
        text += "L4D2_ARG=a\n";
    EXPECT_THAT(parse_instance_config("f", text), Succeeds());
    EXPECT_THAT(parse_instance_config("f", text + "L4D2_ARG=a\n"),
                FailsWith(ExitStatus::bad_data, "f:259: 'L4D2_ARG': there are more than 256"));
}

TEST(InstanceConfig, CanBeReadAgainAtItsLargest)
{
    auto config = parse_instance_config("f", minimal);
    ASSERT_THAT(config, Succeeds());
    config->arguments.assign(max_arguments, std::string(max_argument_size, 'a'));
    std::string ref(3900, 'a');
    for (std::size_t i = 194; i + 1 < ref.size(); i += 195)
        ref[i] = '/';
    config->lowerdirs.assign(max_lowerdirs, Layer::overlay(LayerRef::parse(ref).value()));
    EXPECT_LE(format_instance_config(*config).size(), max_instance_config_size);
}

TEST(InstanceConfig, ReadsHowItIsWatched)
{
    using enum WatchSettings::Query;
    using std::chrono::seconds;
    const auto usual = parse_instance_config("f", minimal);
    ASSERT_THAT(usual, Succeeds());
    EXPECT_EQ(usual->watch, (WatchSettings{a2s, seconds(90)}));
    const auto config = parse_instance_config("f", minimal + "L4D2_QUERY=none\nL4D2_HANG_AFTER=0\n");
    ASSERT_THAT(config, Succeeds());
    EXPECT_EQ(config->watch, (WatchSettings{none, seconds(0)}));
    EXPECT_EQ(format_instance_config(*config), minimal + "L4D2_QUERY=none\nL4D2_HANG_AFTER=0\n");
}

TEST(InstanceConfig, IsWrittenAsAnOlderReleaseReadsItWhereItCan)
{
    const auto config = parse_instance_config("f", minimal + "L4D2_QUERY=a2s\nL4D2_HANG_AFTER=90\n");
    ASSERT_THAT(config, Succeeds());
    EXPECT_EQ(format_instance_config(*config), minimal);
}

class BadConfig : public testing::TestWithParam<TextCase> {};
TEST_P(BadConfig, IsBadDataWithThePlace)
{
    EXPECT_THAT(parse_instance_config("f", GetParam().text),
                FailsWith(ExitStatus::bad_data, GetParam().message));
}
constexpr auto installation_rule =
    "f: L4D2_LOWERDIR: the installation must be the last layer, and be there once";
INSTANTIATE_TEST_SUITE_P(
    InstanceConfig, BadConfig,
    testing::Values(
        TextCase{"empty", "", "f: there is no L4D2_PORT"},
        TextCase{"no_port", "L4D2_LOWERDIR=installation\n", "f: there is no L4D2_PORT"},
        TextCase{"repeated_port", "L4D2_PORT=27015\nL4D2_PORT=27015\n",
                 "f:2: 'L4D2_PORT': it is given twice"},
        TextCase{"bad_port", "L4D2_PORT=80\n", "f:1: 'L4D2_PORT': '80' is not a port"},
        TextCase{"unknown_key", minimal + "LD_PRELOAD=/x\n", "f:3: 'LD_PRELOAD': there is no such key"},
        TextCase{"other_case", "l4d2_port=27015\n", "f:1: 'l4d2_port': there is no such key"},
        TextCase{"space_before_key", " L4D2_PORT=27015\n", "f:1: ' L4D2_PORT': there is no such key"},
        TextCase{"empty_key", "=1\n", "f:1: '': there is no such key"},
        TextCase{"shell_export", "export L4D2_PORT=27015\n", "there is no such key"},
        TextCase{"comment", minimal + "# x\n", "f:3: '# x' is not KEY=value"},
        TextCase{"blank_line", minimal + "\n", "f:3: '' is not KEY=value"},
        TextCase{"no_installation", "L4D2_PORT=27015\n", installation_rule},
        TextCase{"installation_not_last", minimal + "L4D2_LOWERDIR=overlays/a\n", installation_rule},
        TextCase{"installation_twice", minimal + "L4D2_LOWERDIR=installation\n", installation_rule},
        TextCase{"overlays_alone", "L4D2_PORT=27015\nL4D2_LOWERDIR=overlays/a\n", installation_rule},
        TextCase{"cut_last_line", "L4D2_PORT=27015\nL4D2_LOWERDIR=installation",
                 "f:2: the file ends in the middle of this line"},
        TextCase{"cut_port", "L4D2_LOWERDIR=installation\nL4D2_PORT=2701",
                 "f:2: the file ends in the middle"},
        TextCase{"dos_port", "L4D2_PORT=27015\r\nL4D2_LOWERDIR=installation\r\n", "f:1: 'L4D2_PORT'"},
        TextCase{"dos_layer", "L4D2_PORT=27015\nL4D2_LOWERDIR=installation\r\n", "f:2: 'L4D2_LOWERDIR'"},
        TextCase{"layer_outside", "L4D2_PORT=27015\nL4D2_LOWERDIR=/etc\n",
                 "f:2: 'L4D2_LOWERDIR': '/etc'"},
        TextCase{"layer_upwards", "L4D2_PORT=27015\nL4D2_LOWERDIR=overlays/../web\n",
                 "'..' is not allowed"},
        TextCase{"layer_of_another_instance", "L4D2_LOWERDIR=instances/b/live/layer\n",
                 "lie below overlays/"},
        TextCase{"layer_twice",
                 "L4D2_PORT=27015\nL4D2_LOWERDIR=overlays/a\nL4D2_LOWERDIR=overlays/a\n"
                 "L4D2_LOWERDIR=installation\n",
                 "layer 'a' is there twice"},
        TextCase{"layer_inside",
                 "L4D2_PORT=27015\nL4D2_LOWERDIR=overlays/a/b\nL4D2_LOWERDIR=overlays/a-c\n"
                 "L4D2_LOWERDIR=overlays/a\nL4D2_LOWERDIR=installation\n",
                 "layer 'a/b' lies inside layer 'a'"},
        TextCase{"bad_query", minimal + "L4D2_QUERY=rcon\n", "f:3: 'L4D2_QUERY': 'rcon' is no way"},
        TextCase{"empty_query", minimal + "L4D2_QUERY=\n", "f:3: 'L4D2_QUERY': '' is no way"},
        TextCase{"repeated_query", minimal + "L4D2_QUERY=none\nL4D2_QUERY=none\n",
                 "f:4: 'L4D2_QUERY': it is given twice"},
        TextCase{"bad_hang_after", minimal + "L4D2_HANG_AFTER=5\n",
                 "f:3: 'L4D2_HANG_AFTER': '5' is no time"},
        TextCase{"repeated_hang_after", minimal + "L4D2_HANG_AFTER=30\nL4D2_HANG_AFTER=30\n",
                 "f:4: 'L4D2_HANG_AFTER': it is given twice"},
        TextCase{"nul", "L4D2_ARG=a\0b\n"s, "f:1: NUL is not allowed"},
        TextCase{"reserved_argument", minimal + "L4D2_ARG=-port\n",
                 "f:3: 'L4D2_ARG': '-port' is reserved"},
        TextCase{"long_argument", minimal + "L4D2_ARG=" + std::string(4097, 'a') + "\n",
                 "f:3: 'L4D2_ARG': an argument is longer than 4096 bytes"}),
    NameOfCase());

class GoodArgument : public testing::TestWithParam<TextCase> {};
TEST_P(GoodArgument, RoundTripsByteForByte)
{
    const auto& argument = GetParam().text;
    EXPECT_THAT(check_argument(argument), Succeeds());
    auto config = parse_instance_config("f", minimal);
    ASSERT_THAT(config, Succeeds());
    config->arguments = {"before", argument, "after"};
    const auto text = format_instance_config(*config);
    const auto again = parse_instance_config("f", text);
    ASSERT_THAT(again, Succeeds());
    EXPECT_THAT(again->arguments, ElementsAre("before", argument, "after"));
    EXPECT_EQ(paths_of(*again), paths_of(*config));
    EXPECT_EQ(format_instance_config(*again), text);
}
INSTANTIATE_TEST_SUITE_P(
    InstanceConfig, GoodArgument,
    testing::Values(TextCase{"plain", "+map"}, TextCase{"empty", ""}, TextCase{"space", "my server"},
                    TextCase{"outer_spaces", "  a  "}, TextCase{"tab", "a\tb"},
                    TextCase{"double_quotes", "say \"hi\""}, TextCase{"single_quotes", "it's"},
                    TextCase{"variable", "$HOME ${HOME} $(id) `id`"}, TextCase{"specifier", "%i %n %%"},
                    TextCase{"backslash", "a\\nb\\"}, TextCase{"equals", "L4D2_PORT=1"},
                    TextCase{"hash", "# not a comment"}, TextCase{"non_ascii", "k\u00f6ln \U0001f9df"},
                    TextCase{"invalid_utf8", "\xff\xfe"}, TextCase{"carriage_return", "a\r"},
                    TextCase{"escape", "\x1b[2J"}, TextCase{"glob", "* ? [a]"},
                    TextCase{"semicolon", "a;b|c&d"}, TextCase{"almost_reserved", "-ports"},
                    TextCase{"reserved_word_inside", "x-port"},
                    TextCase{"longest", std::string(4096, 'x')}),
    NameOfCase());

class BadArgument : public testing::TestWithParam<TextCase> {};
TEST_P(BadArgument, IsBadData)
{
    EXPECT_THAT(check_argument(GetParam().text), FailsWith(ExitStatus::bad_data, GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(
    InstanceConfig, BadArgument,
    testing::Values(TextCase{"port", "-port", "is reserved"},
                    TextCase{"port_upper", "-PORT", "is reserved"},
                    TextCase{"hostport", "+hostport", "is reserved"},
                    TextCase{"hostport_mixed", "+HostPort", "is reserved"},
                    TextCase{"ip", "+ip", "is reserved"}, TextCase{"ip_upper", "+IP", "is reserved"},
                    TextCase{"game", "-game", "is reserved"},
                    TextCase{"game_mixed", "-Game", "is reserved"},
                    TextCase{"norestart", "-norestart", "is reserved"},
                    TextCase{"norestart_mixed", "-noRestart", "is reserved"},
                    TextCase{"newline", "a\nL4D2_PORT=1", "has a newline or a NUL"},
                    TextCase{"trailing_newline", "a\n", "has a newline or a NUL"},
                    TextCase{"nul", "a\0b"s, "has a newline or a NUL"},
                    TextCase{"reserved_and_nul", "-port\0"s, "has a newline or a NUL"},
                    TextCase{"too_long", std::string(4097, 'x'), "longer than 4096 bytes"}),
    NameOfCase());

TEST(InstanceConfig, FormatsOneSettingALine)
{
    auto config = parse_instance_config("f", minimal);
    ASSERT_THAT(config, Succeeds());
    config->arguments = {"+map", "a b"};
    EXPECT_EQ(format_instance_config(*config),
              "L4D2_PORT=27015\nL4D2_ARG=+map\nL4D2_ARG=a b\nL4D2_LOWERDIR=installation\n");
}

TEST(CheckLowerdirs, RefusesNoLayersAndTooMany)
{
    EXPECT_THAT(check_lowerdirs({}), FailsWith(ExitStatus::bad_data, "must be the last layer"));
    EXPECT_THAT(check_lowerdirs(std::vector<Layer>(500, Layer::installation())),
                FailsWith(ExitStatus::bad_data, "there are 500 layers, at most 499"));
}

} // namespace
} // namespace left4me
