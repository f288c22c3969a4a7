#include "model/instance_spec.hpp"

#include "model/spec_files.hpp"
#include "text_case.hpp"

#include <format>

namespace left4me {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(InstanceSpec, ReadsTheExample)
{
    const auto spec = parse_instance_spec("spec.yaml", R"(port: 27015                 # a comment
overlays:
  - path: competitive/base
    alias: base
  - path: standard
arguments: ["+map", "c1m1_hotel", "-tickrate", "60"]
config:
  - hostname "my server"
  - sv_tags ""
)");
    ASSERT_THAT(spec, Succeeds());
    EXPECT_EQ(spec->port.number(), 27015);
    EXPECT_EQ(spec->port_line, 1U);
    ASSERT_EQ(spec->overlays.size(), 2U);
    EXPECT_EQ(spec->overlays[0].ref.str(), "competitive/base");
    EXPECT_EQ(spec->overlays[0].alias->str(), "base");
    EXPECT_EQ(spec->overlays[0].line, 3U);
    EXPECT_EQ(spec->overlays[1].ref.str(), "standard");
    EXPECT_FALSE(spec->overlays[1].alias);
    EXPECT_EQ(spec->overlays[1].line, 5U);
    EXPECT_THAT(spec->arguments, ElementsAre("+map", "c1m1_hotel", "-tickrate", "60"));
    EXPECT_THAT(spec->config, ElementsAre("hostname \"my server\"", "sv_tags \"\""));
    EXPECT_EQ(server_cfg_of(*spec), "hostname \"my server\"\nsv_tags \"\"\n");
    EXPECT_EQ(format_instance_config(instance_config_of(*spec)),
              "L4D2_PORT=27015\nL4D2_ARG=+map\nL4D2_ARG=c1m1_hotel\nL4D2_ARG=-tickrate\nL4D2_ARG=60\n"
              "L4D2_LOWERDIR=overlays/competitive/base\nL4D2_LOWERDIR=overlays/standard\n"
              "L4D2_LOWERDIR=installation\n");
}

TEST(InstanceSpec, TakesHowItIsWatched)
{
    using enum WatchSettings::Query;
    using std::chrono::seconds;
    const auto usual = parse_instance_spec("f", "port: 27015\n");
    ASSERT_THAT(usual, Succeeds());
    EXPECT_EQ(usual->watch, (WatchSettings{a2s, seconds(90)}));
    const auto spec =
        parse_instance_spec("f", "port: 27015\nquery: none # it is no srcds\nhang_after: 30\n");
    ASSERT_THAT(spec, Succeeds());
    EXPECT_EQ(spec->watch, (WatchSettings{none, seconds(30)}));
    EXPECT_EQ(format_instance_config(instance_config_of(*spec)),
              "L4D2_PORT=27015\nL4D2_LOWERDIR=installation\nL4D2_QUERY=none\nL4D2_HANG_AFTER=30\n");
}

TEST(InstanceSpec, TakesAnyHangAfterInItsRange)
{
    for (const int number : {0, 10, 90, 3600}) {
        const auto spec = parse_instance_spec("f", std::format("port: 27015\nhang_after: {}\n", number));
        ASSERT_THAT(spec, Succeeds()) << number;
        EXPECT_EQ(spec->watch.hang_after.count(), number);
    }
}

class SpecWithoutLists : public testing::TestWithParam<TextCase> {};
TEST_P(SpecWithoutLists, HasOnlyThePort)
{
    const auto spec = parse_instance_spec("f", GetParam().text);
    ASSERT_THAT(spec, Succeeds());
    EXPECT_EQ(spec->port.number(), 27015);
    EXPECT_THAT(spec->overlays, IsEmpty());
    EXPECT_THAT(spec->arguments, IsEmpty());
    EXPECT_THAT(spec->config, IsEmpty());
    EXPECT_EQ(server_cfg_of(*spec), "");
    EXPECT_EQ(format_instance_config(instance_config_of(*spec)),
              "L4D2_PORT=27015\nL4D2_LOWERDIR=installation\n");
}
INSTANTIATE_TEST_SUITE_P(
    InstanceSpec, SpecWithoutLists,
    testing::Values(TextCase{"port_alone", "port: 27015"}, TextCase{"flow", "{port: 27015}"},
                    TextCase{"json", R"({"port": 27015, "overlays": []})"},
                    TextCase{"quoted_port", "port: '27015'"},
                    TextCase{"document_marks", "---\nport: 27015\n...\n"},
                    TextCase{"dos_lines", "port: 27015\r\noverlays: []\r\n"},
                    TextCase{"byte_order_mark", "\xef\xbb\xbfport: 27015\n"},
                    TextCase{"empty_lists", "port: 27015\noverlays: []\narguments: []\nconfig: []\n"},
                    TextCase{"null_lists", "port: 27015\noverlays:\narguments: ~\nconfig: null\n"}),
    NameOfCase());

TEST(InstanceSpec, TakesScalarsOfAllKindsAsText)
{
    const auto spec =
        parse_instance_spec("f", "port: 27015\narguments: [60, 0x10, 1.50, true, no, 007, '~', \"\"]\n");
    ASSERT_THAT(spec, Succeeds());
    EXPECT_THAT(spec->arguments, ElementsAre("60", "0x10", "1.50", "true", "no", "007", "~", ""));
}

TEST(InstanceSpec, KeepsWhatIsInAWord)
{
    const auto spec = parse_instance_spec(
        "f",
        "port: 27015\narguments: ['a b', '\"', \"$HOME %i\", 'a\\n', k\u00f6ln, \"it's\", \"a\\tb\"]\n");
    ASSERT_THAT(spec, Succeeds());
    EXPECT_THAT(spec->arguments,
                ElementsAre("a b", "\"", "$HOME %i", "a\\n", "k\u00f6ln", "it's", "a\tb"));
}

TEST(InstanceSpec, TakesAliasesOfScalars)
{
    const auto spec = parse_instance_spec("f", "port: 27015\narguments: [&m c1m1, *m]\n");
    ASSERT_THAT(spec, Succeeds());
    EXPECT_THAT(spec->arguments, ElementsAre("c1m1", "c1m1"));
}

TEST(InstanceSpec, TakesTheMostLayersAndNoMore)
{
    std::string text = "port: 27015\noverlays:\n";
    for (int i = 0; i < 498; ++i)
        text += std::format("- path: l{}\n", i);
    const auto spec = parse_instance_spec("f", text);
    ASSERT_THAT(spec, Succeeds());
    EXPECT_THAT(check_lowerdirs(instance_config_of(*spec).lowerdirs), Succeeds());
    EXPECT_THAT(parse_instance_spec("f", text + "- path: z\n"),
                FailsWith(ExitStatus::bad_data, "f:3: key 'overlays': there are more than 498"));
}

class BadSpec : public testing::TestWithParam<TextCase> {};
TEST_P(BadSpec, IsBadDataWithFileLineAndKey)
{
    EXPECT_THAT(parse_instance_spec("f", GetParam().text),
                FailsWith(ExitStatus::bad_data, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Whole, BadSpec,
    testing::Values(
        TextCase{"empty", "", "f:1: a map is expected here, not nothing"},
        TextCase{"comment_alone", "# x\n", "a map is expected here, not nothing"},
        TextCase{"scalar", "27015", "f:1: a map is expected here, not a single value"},
        TextCase{"list", "\n- port: 27015\n", "f:2: a map is expected here, not a list"},
        TextCase{"two_documents", "port: 27015\n---\nport: 27016\n", "f:2: a second document"},
        TextCase{"document_after_end", "port: 27015\n...\n{}\n", "f:3: a second document"},
        TextCase{"comma_behind", "{port: 27015}\n,\n", "f:2: a second document"},
        TextCase{"comma_alone", ",", "f:1: a second document"},
        TextCase{"raw_nul", std::string("port: 27015\n\0arguments: [a]\n", 27),
                 "f:2: a control character"},
        TextCase{"raw_end_of_transmission",
                 "port: 27015\n\x04"
                 "arguments: [-port]\n",
                 "f:2: a control character"},
        TextCase{"raw_escape", "port: 27015\nconfig: [\x1b]\n", "f:2: a control character"},
        TextCase{"missing_port", "\noverlays: []\n", "f:2: key 'port' is missing"},
        TextCase{"empty_map", "{}", "f:1: key 'port' is missing"},
        TextCase{"unknown_key", "port: 27015\nports: 1\n", "f:2: key 'ports': there is no such key"},
        TextCase{"other_case", "Port: 27015\n", "f:1: key 'Port': there is no such key"},
        TextCase{"merge_key", "port: 27015\n<<: {arguments: []}\n",
                 "f:2: key '<<': there is no such key"},
        TextCase{"null_key", "~: 1\nport: 27015\n", "f:1: key"},
        TextCase{"list_key", "[a]: 1\n", "a key must be a word"},
        TextCase{"key_with_escape", "\"\\e[2J\": 1\n", "f:1: key '\\x1b[2J': there is no such key"},
        TextCase{"key_with_newline", "\"a\\nb\": 1\n", "f:1: key 'a\\nb': there is no such key"},
        TextCase{"duplicate_port", "port: 27015\nport: 27016\n", "f:2: key 'port': it is given twice"},
        TextCase{"duplicate_list", "port: 27015\nconfig: []\nconfig: [a]\n",
                 "f:3: key 'config': it is given twice"},
        TextCase{"cyclic_list", "&a [*a]", "f:1: a map is expected here, not a list"},
        TextCase{"cyclic_map", "&a {port: *a}",
                 "f:1: key 'port': a single value is expected, not a map"},
        TextCase{"cyclic_arguments", "port: 27015\narguments: &a [*a]\n",
                 "f:2: key 'arguments': a single value is expected, not a list"},
        TextCase{"unknown_anchor", "port: *x\n", "f:1: not YAML"},
        TextCase{"unknown_anchor_with_override", "port: *x\u202ey\n",
                 "f:1: not YAML: the referenced anchor is not defined: x\\xe2\\x80\\xaey"},
        TextCase{"unclosed", "port: [27015\n", ": not YAML: a list that begins with '[' has no ']'"},
        TextCase{"unclosed_quote", "port: 27015\nconfig: [\"a]\n",
                 ": not YAML: a list that begins with '[' has no ']'"},
        TextCase{"tab_indent", "port: 27015\noverlays:\n\t- path: a\n",
                 "f:3: not YAML: a tab stands where a line is indented"},
        TextCase{"behind_a_quote", "port: 27015\nconfig:\n- \"a\" b\n", "in single quotes as a whole"},
        TextCase{
            "escape_that_is_no_utf8", "port: 27015\nconfig:\n- \"say a\\_b\"\n",
            "f:3: key 'config': \\N and \\_ are not taken: write \\u0085 or \\u00a0, or the character"},
        TextCase{"argument_that_is_no_utf8", "port: 27015\narguments: [\"\\N\"]\n",
                 "f:2: key 'arguments': \\N and \\_ are not taken: write \\u0085 or \\u00a0, or the "
                 "character"},
        TextCase{"invalid_utf8", "port: 27015\nconfig:\n- hostname K\xf6ln\n",
                 "f:3: there is a character that is not UTF-8: save the file as UTF-8"},
        TextCase{"too_large", std::string(1024 * 1024 + 1, '#'), "f: it is larger than 1048576 bytes"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Port, BadSpec,
    testing::Values(
        TextCase{"null", "overlays: []\nport:\n",
                 "f:2: key 'port': a single value is expected, not nothing"},
        TextCase{"tag", "port: !!int 27015\n", "f:1: key 'port': "},
        TextCase{"list", "port: [27015]\n", "f:1: key 'port': a single value is expected, not a list"},
        TextCase{"map", "port: {a: 1}\n", "f:1: key 'port': a single value is expected, not a map"},
        TextCase{"low", "\nport: 1023\n", "f:2: key 'port': '1023' is not a port"},
        TextCase{"octal", "port: 027015\n", "f:1: key 'port': '027015' is not a port"},
        TextCase{"hex", "port: 0x6987\n", "f:1: key 'port': '0x6987' is not a port"},
        TextCase{"fraction", "port: 27015.0\n", "f:1: key 'port'"},
        TextCase{"negative", "port: -1\n", "f:1: key 'port'"},
        TextCase{"empty_text", "port: ''\n", "f:1: key 'port': '' is not a port"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Watch, BadSpec,
    testing::Values(
        TextCase{"query_word", "query: rcon\n", "f:1: key 'query': 'rcon' is no way to ask a game"},
        TextCase{"query_in_capitals", "query: NONE\n", "f:1: key 'query': 'NONE' is no way"},
        TextCase{"query_null", "query:\n", "f:1: key 'query': a single value is expected, not nothing"},
        TextCase{"query_list", "query: [a2s]\n", "f:1: key 'query': a single value is expected"},
        TextCase{"query_twice", "query: a2s\nquery: a2s\n", "f:2: key 'query': it is given twice"},
        TextCase{"query_tag", "query: !!str a2s\n",
                 "f:1: key 'query': 'tag:yaml.org,2002:str' is a YAML tag"},
        TextCase{"hang_after_low", "port: 27015\nhang_after: 9\n",
                 "f:2: key 'hang_after': '9' is no time after which a game hangs: it is a number of "
                 "seconds from 10 to 3600, or 0 for never"},
        TextCase{"hang_after_high", "hang_after: 3601\n", "f:1: key 'hang_after': '3601' is no time"},
        TextCase{"hang_after_huge", "hang_after: 65626\n", "f:1: key 'hang_after': '65626' is no time"},
        TextCase{"hang_after_negative", "hang_after: -90\n", "f:1: key 'hang_after': '-90' is no time"},
        TextCase{"hang_after_unit", "hang_after: 90s\n", "f:1: key 'hang_after': '90s' is no time"},
        TextCase{"hang_after_fraction", "hang_after: 90.5\n", "'90.5' is no time"},
        TextCase{"hang_after_octal", "hang_after: 090\n", "f:1: key 'hang_after': '090' is no time"},
        TextCase{"hang_after_noughts", "hang_after: 00\n", "f:1: key 'hang_after': '00' is no time"},
        TextCase{"hang_after_empty", "hang_after: ''\n", "f:1: key 'hang_after': '' is no time"},
        TextCase{"hang_after_null", "hang_after: ~\n", "a single value is expected, not nothing"},
        TextCase{"hang_after_twice", "hang_after: 90\nhang_after: 90\n",
                 "f:2: key 'hang_after': it is given twice"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Overlays, BadSpec,
    testing::Values(
        TextCase{"scalar", "port: 27015\noverlays: standard\n",
                 "f:2: key 'overlays': a list is expected, not a single value"},
        TextCase{"map", "overlays: {path: a}\n", "f:1: key 'overlays': a list is expected, not a map"},
        TextCase{"scalar_entry", "overlays:\n- standard\n",
                 "f:2: key 'overlays': each entry must be a map"},
        TextCase{"null_entry", "overlays:\n- a: 1\n-\n", "f:2: key 'a': there is no such key"},
        TextCase{"missing_path", "overlays:\n- alias: a\n", "f:2: key 'overlays': 'path' is missing"},
        TextCase{"null_path", "overlays:\n- path:\n",
                 "key 'path': a single value is expected, not nothing"},
        TextCase{"list_path", "overlays:\n- path: [a]\n",
                 "f:2: key 'path': a single value is expected, not a list"},
        TextCase{"bad_path", "overlays:\n- path: a\n- path: /etc\n",
                 "f:3: key 'path': '/etc' is not a layer"},
        TextCase{"upward_path", "overlays:\n- path: a/../a\n",
                 "f:2: key 'path': 'a/../a' is not a layer"},
        TextCase{"duplicate_path_key", "overlays:\n- path: a\n  path: b\n",
                 "f:3: key 'path': it is given twice"},
        TextCase{"unknown_entry_key", "overlays:\n- path: a\n  name: b\n",
                 "f:3: key 'name': there is no such key"},
        TextCase{"null_alias", "overlays:\n- path: a\n  alias:\n",
                 "key 'alias': a single value is expected"},
        TextCase{"map_alias", "overlays:\n- path: a\n  alias: {}\n",
                 "f:3: key 'alias': a single value is expected"},
        TextCase{"bad_alias", "overlays:\n- path: a\n  alias: A\n",
                 "f:3: key 'alias': 'A' is not an alias"},
        TextCase{"duplicate_alias", "overlays:\n- path: a\n  alias: x\n- path: b\n  alias: x\n",
                 "f:5: key 'alias': 'x' is the alias of line 2 already"},
        TextCase{"duplicate_layer", "overlays:\n- path: a\n- path: b\n- path: a\n",
                 "f:4: key 'path': layer 'a' is the one of line 2"},
        TextCase{"layer_inside", "overlays:\n- path: a\n- path: a/b\n",
                 "f:3: key 'path': layer 'a/b' overlaps the one of line 2"},
        TextCase{"layer_around", "overlays:\n- path: a/b\n- path: a\n",
                 "f:3: key 'path': layer 'a' overlaps the one of line 2"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Arguments, BadSpec,
    testing::Values(
        TextCase{"scalar", "arguments: +map\n",
                 "f:1: key 'arguments': a list is expected, not a single value"},
        TextCase{"map", "arguments: {a: b}\n", "f:1: key 'arguments': a list is expected, not a map"},
        TextCase{"list_entry", "arguments:\n- [a]\n",
                 "f:2: key 'arguments': a single value is expected, not a list"},
        TextCase{"map_entry", "arguments:\n- a: b\n",
                 "f:2: key 'arguments': a single value is expected, not a map"},
        TextCase{"null_entry", "arguments:\n- a\n- ~\n",
                 "f:3: key 'arguments': a single value is expected"},
        TextCase{"comment", "arguments:\n- +hostname\n- my #1\n",
                 "f:3: key 'arguments': '#1' would be lost"},
        TextCase{"split_at_comma", "arguments: [+hostname \"my, cool\" server]\n",
                 "'+hostname \"my' has a quote without its partner"},
        TextCase{"tag", "arguments: [!x +map]\n", "'!x' is a YAML tag"},
        TextCase{"wrapper_word", "arguments:\n- -autoupdate\n",
                 "f:2: key 'arguments': '-autoupdate' is a word of Valve's srcds_run"},
        TextCase{"split_by_engine", "arguments: ['x\" -port 1 \"']\n",
                 "f:1: key 'arguments': the game splits its command line at quotes"},
        TextCase{"reserved", "arguments:\n- +ip\n", "f:2: key 'arguments': '+ip' is reserved"},
        TextCase{"reserved_upper", "arguments: [a,\n -PORT]\n",
                 "f:2: key 'arguments': '-PORT' is reserved"},
        TextCase{"newline", "arguments: [\"a\\nb\"]\n", "f:1: key 'arguments': 'a\\nb' has a newline"},
        TextCase{"block_newline", "arguments:\n- |\n  a\n", "key 'arguments': 'a\\n' has a newline"},
        TextCase{"nul", "arguments: [\"a\\0b\"]\n",
                 "f:1: key 'arguments': 'a\\x00b' has a newline or a NUL"},
        TextCase{"too_long", "arguments: [" + std::string(4097, 'a') + "]\n",
                 "f:1: key 'arguments': an argument is longer than 4096"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Config, BadSpec,
    testing::Values(
        TextCase{"scalar", "config: a\n",
                 "f:1: key 'config': a list is expected, not a single value; or a block: 'config: |'"},
        TextCase{"folded", "config: >\n  a\n  b\n", "a list is expected, not a single value"},
        TextCase{
            "comment", "config:\n- hostname \"my #1 server\"\n",
            "f:2: key 'config': '#1 server\"' would be lost, for YAML takes it for a comment: write "
            "'hostname \"my #1 server\"', or the comment on a line of its own"},
        TextCase{"comment_in_quotes", "config:\n- rcon_password it's#1 #2\n",
                 "write 'rcon_password it''s#1 #2'"},
        TextCase{"comment_after_tab", "config:\n- a\t# b\n", "'# b' would be lost"},
        TextCase{"comment_in_flow", "config: [a, b # c\n, d]\n",
                 "f:1: key 'config': '# c' would be lost"},
        TextCase{"comment_after_anchor", "config:\n- &x a # b\n", "'# b' would be lost"},
        TextCase{"folded_item", "config:\n- hostname a\n  sv_tags b\n",
                 "f:2: key 'config': 'hostname a sv_tags b' goes over several lines"},
        TextCase{"open_quote", "config:\n- hostname \"a\n", "has a quote without its partner"},
        TextCase{"open_quote_in_quotes", "config:\n- 'hostname \"a'\n",
                 "f:2: key 'config': 'hostname \"a' has a quote without its partner"},
        TextCase{"tag", "config:\n- !password x\n", "f:2: key 'config': '!password' is a YAML tag"},
        TextCase{"core_tag", "config:\n- !!str x\n", "is a YAML tag"},
        TextCase{"tag_of_list", "config: !x [a]\n", "f:1: key 'config': '!x' is a YAML tag"},
        TextCase{"block_line_too_long", "config: |\n  a\n  " + std::string(4097, 'a') + "\n",
                 "f:3: key 'config': a line is longer than 4096"},
        TextCase{"map", "config: {a: b}\n", "f:1: key 'config': a list is expected, not a map"},
        TextCase{"map_entry", "config:\n- hostname: x\n",
                 "f:2: key 'config': a single value is expected, not a map, and ': ' makes one: write "
                 "'hostname: x'"},
        TextCase{"map_of_tags", "config:\n- a\n- sv_tags \"MultiSlots: 8, it's\"\n",
                 "write 'sv_tags \"MultiSlots: 8, it''s\"'"},
        TextCase{"null_entry", "config:\n- a\n-\n",
                 "f:3: key 'config': a single value is expected, not nothing"},
        TextCase{"null_entry_amid", "config:\n- a\n-   # nothing\n\n- b\n", "f:3: key 'config'"},
        TextCase{"null_entries", "config:\n-\n-\n- b\n", "f:2: key 'config'"},
        TextCase{"null_entry_before_a_key", "config:\n  - a\n  -\n\nport: 27015\n", "f:3: key 'config'"},
        TextCase{"newline", "config: [a, \"b\\nrcon_password x\"]\n",
                 "f:1: key 'config': 'b\\nrcon_password x'"},
        TextCase{"carriage_return", "config: [\"a\\rb\"]\n",
                 "f:1: key 'config': 'a\\x0db' has a newline"},
        TextCase{"nul", "config: [\"a\\0\"]\n", "f:1: key 'config': 'a\\x00' has a newline or a NUL"},
        TextCase{"too_long", "config: [" + std::string(4097, 'a') + "]\n",
                 "f:1: key 'config': a line is longer than 4096"}),
    NameOfCase());

TEST(InstanceSpec, LimitsTheNumberOfEntries)
{
    const auto list = [](std::string_view key, std::size_t count) {
        std::string text = std::format("port: 27015\n{}:\n", key);
        for (std::size_t i = 0; i < count; ++i)
            text += "- a\n";
        return text;
    };
    EXPECT_THAT(parse_instance_spec("f", list("arguments", 256)), Succeeds());
    EXPECT_THAT(parse_instance_spec("f", list("arguments", 257)),
                FailsWith(ExitStatus::bad_data, "f:3: key 'arguments': there are more than 256"));
    EXPECT_THAT(parse_instance_spec("f", list("config", 4096)), Succeeds());
    EXPECT_THAT(parse_instance_spec("f", list("config", 4097)),
                FailsWith(ExitStatus::bad_data, "f:3: key 'config': there are more than 4096"));
}

TEST(InstanceSpec, LimitsTheSizeOfServerCfg)
{
    const auto spec = [](std::size_t lines) {
        std::string text = std::format("port: 27015\nconfig:\n- &a {}\n", std::string(4095, 'a'));
        for (std::size_t i = 1; i < lines; ++i)
            text += "- *a\n";
        return text;
    };
    const auto largest = parse_instance_spec("f", spec(256));
    ASSERT_THAT(largest, Succeeds());
    EXPECT_EQ(server_cfg_of(*largest).size(), max_server_cfg_size);
    EXPECT_THAT(parse_instance_spec("f", spec(257)),
                FailsWith(ExitStatus::bad_data, "key 'config': the lines have more than 1048576 bytes"));
}

INSTANTIATE_TEST_SUITE_P(
    Hide, BadSpec,
    testing::Values(
        TextCase{"scalar", "hide: bin/x\n", "f:1: key 'hide': a list is expected"},
        TextCase{"absolute", "hide: [/etc]\n",
                 "f:1: key 'hide': '/etc' cannot be hidden: it must be relative"},
        TextCase{"upwards", "hide: [a/../b]\n", "'.' and '..' are not allowed"},
        TextCase{"empty_part", "hide: [a//b]\n", "it has an empty part"},
        TextCase{"empty", "hide: ['']\n", "it is empty"},
        TextCase{"newline", "hide: [\"a\\nb\"]\n", "it has a control character"},
        TextCase{"game", "hide: [left4dead2]\n", "left4me generates files there"},
        TextCase{"config", "hide:\n- bin\n- left4dead2/cfg/\n",
                 "f:3: key 'hide': 'left4dead2/cfg' cannot"},
        TextCase{"server_cfg", "hide: [left4dead2/cfg/server.cfg]\n", "left4me generates files there"},
        TextCase{"alias_cfg", "hide: [left4dead2/cfg/server_a.cfg]\n", "left4me generates files there"},
        TextCase{"twice", "hide:\n- bin/x\n- bin/x\n", "f:3: key 'hide': 'bin/x' is the one of line 2"},
        TextCase{"inside", "hide:\n- bin/x\n- bin\n",
                 "f:3: key 'hide': 'bin' overlaps the one of line 2"},
        TextCase{"comment", "hide: [bin #x\n]\n", "'#x' would be lost"}),
    NameOfCase());

TEST(InstanceSpec, TakesWhatIsToBeHidden)
{
    const auto spec = parse_instance_spec(
        "f",
        "port: 27015\nhide:\n- bin/libstdc++.so.6\n- left4dead2/maps/\n- left4dead2/cfg/autoexec.cfg\n");
    ASSERT_THAT(spec, Succeeds());
    ASSERT_EQ(spec->hidden.size(), 3U);
    EXPECT_EQ(spec->hidden[0].path.str(), "bin/libstdc++.so.6");
    EXPECT_THAT(spec->hidden[0].path.parents(), ElementsAre("bin"));
    EXPECT_EQ(spec->hidden[1].path.str(), "left4dead2/maps");
    EXPECT_EQ(spec->hidden[1].line, 4U);
    EXPECT_THAT(spec->hidden[2].path.parents(), ElementsAre("left4dead2", "left4dead2/cfg"));
}

TEST(InstanceSpec, TakesAServerCfgAsABlock)
{
    const auto spec = parse_instance_spec("f", "config: |\n"
                                               "  // [General]: all of it\n"
                                               "  hostname \"my #1 server\"   // shown\n"
                                               "\n"
                                               "    sv_tags \"a: b, c\"\n"
                                               "  sv_contact \"open\n"
                                               "port: 27015\n");
    ASSERT_THAT(spec, Succeeds());
    EXPECT_THAT(spec->config,
                ElementsAre("// [General]: all of it", "hostname \"my #1 server\"   // shown", "",
                            "  sv_tags \"a: b, c\"", "sv_contact \"open"));
    const auto dos = parse_instance_spec("f", "port: 27015\r\nconfig: |\r\n  a\r\n  b\r\n");
    ASSERT_THAT(dos, Succeeds());
    EXPECT_THAT(dos->config, ElementsAre("a", "b"));
}

TEST(InstanceSpec, TakesCommentsAndQuotesWhereNothingIsLost)
{
    const auto spec = parse_instance_spec("f", "port: 27015 # a port\n"
                                               "arguments: [\"+map\", c1m1_hotel] # words\n"
                                               "# more\n"
                                               "config:   # lines\n"
                                               "  # the name\n"
                                               "- 'hostname \"my #1 server\"' # quoted\n"
                                               "- echo a#b // it's \"fun\n"
                                               "- &x a\n"
                                               "- *x\n");
    ASSERT_THAT(spec, Succeeds());
    EXPECT_THAT(spec->config,
                ElementsAre("hostname \"my #1 server\"", "echo a#b // it's \"fun", "a", "a"));
}

/// 0.1.0 accepted them: a server that has one is not kept down by an upgrade.
TEST(InstanceSpec, TakesOfAStoredSpecWhatWasTakenBefore)
{
    for (const auto* text :
         {"config:\n- hostname \"my #1\"\n", "config:\n- !x a\n", "config:\n- 'a \"'\n",
          "config:\n- a\n  b\n", "config:\n- K\xf6ln\n", "config:\n- \"a\\_b\"\n",
          "arguments: [-autoupdate, -ip, '\" -port 1 \"']\n"}) {
        const auto whole = std::string("port: 27015\n") + text;
        EXPECT_FALSE(parse_instance_spec("f", whole)) << text;
        EXPECT_THAT(parse_instance_spec("f", whole, SpecRules::of_stored), Succeeds()) << text;
    }
}

class DeepSpec : public testing::TestWithParam<TextCase> {};
TEST_P(DeepSpec, IsRefusedWithoutACrash)
{
    std::string deep;
    for (int i = 0; i < 100'000; ++i)
        deep += GetParam().text;
    EXPECT_THAT(parse_instance_spec("f", deep), FailsWith(ExitStatus::bad_data, "f:1: not YAML"));
}
INSTANTIATE_TEST_SUITE_P(InstanceSpec, DeepSpec,
                         testing::Values(TextCase{"lists", "["}, TextCase{"maps", "{"},
                                         TextCase{"entries", "- "}, TextCase{"map_in_list", "[{"},
                                         TextCase{"map_keys", "{a: "}),
                         NameOfCase());

TEST(InstanceSpec, IsNotBlownUpByAliases)
{
    std::string text = "port: 27015\narguments:\n- &a0 [x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 40; ++i)
        text +=
            std::format("- &a{0} [*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1},*a{1}]\n", i, i - 1);
    EXPECT_THAT(
        parse_instance_spec("f", text),
        FailsWith(ExitStatus::bad_data, "f:3: key 'arguments': a single value is expected, not a list"));
}

} // namespace
} // namespace left4me
