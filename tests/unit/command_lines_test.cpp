// The command line of every program.

#include "l4d2ctl_cli.hpp"
#include "left4me_journalctl_cli.hpp"
#include "left4me_launch_cli.hpp"
#include "left4me_overlay_cli.hpp"
#include "left4me_systemctl_cli.hpp"
#include "refusal.hpp"

namespace left4me::test {
namespace {

using Words = std::vector<const char*>;

template <class Parse>
auto parse(Parse parser, Words words)
{
    words.insert(words.begin(), "program");
    return parser(static_cast<int>(words.size()), words.data());
}

struct Case {
    std::string name;
    Words words;
    ExitStatus status;
    std::string message;
};
std::string case_name(const testing::TestParamInfo<Case>& info) { return info.param.name; }

struct ControlRefused : testing::TestWithParam<Case> {};
TEST_P(ControlRefused, WithOneLine)
{
    expect_refusal(parse(parse_control_request, GetParam().words), GetParam().status, GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(
    L4d2ctl, ControlRefused,
    testing::Values(Case{"nothing", {}, ExitStatus::usage, "subcommand is required"},
                    Case{"unknown_verb", {"run", "a"}, ExitStatus::usage, "there is no verb 'run' (see l4d2ctl --help)"},
                    Case{"control_character", {"\x1b[2J"}, ExitStatus::usage, "'\\x1b[2J'"},
                    Case{"unknown_option", {"start", "a", "--force"}, ExitStatus::usage, "--force"},
                    Case{"no_name", {"start"}, ExitStatus::usage, "NAME"},
                    Case{"two_names", {"stop", "a", "b"}, ExitStatus::usage, "b"},
                    Case{"bad_name", {"delete", "../a"}, ExitStatus::usage, "is not an instance name"},
                    Case{"empty_name", {"reset", ""}, ExitStatus::usage, "it is empty"},
                    Case{"initialize_without_file", {"initialize", "a"}, ExitStatus::usage, "--file"},
                    Case{"file_without_value", {"initialize", "a", "-f"}, ExitStatus::usage, "--file"},
                    Case{"lines_word", {"logs", "a", "--lines", "many"}, ExitStatus::usage, "--lines"},
                    Case{"lines_negative", {"logs", "a", "--lines", "-1"}, ExitStatus::usage, "--lines"},
                    Case{"lines_huge", {"logs", "a", "--lines", "1000001"}, ExitStatus::usage, "--lines"},
                    Case{"status_bad_name", {"status", "A"}, ExitStatus::usage, "is not an instance name"},
                    Case{"status_empty_name", {"status", ""}, ExitStatus::usage, "it is empty"}),
    case_name);

TEST(L4d2ctl, KnowsItsVerbs)
{
    EXPECT_TRUE(std::holds_alternative<StartRequest>(*parse(parse_control_request, {"start", "a"})));
    EXPECT_TRUE(std::holds_alternative<StopRequest>(*parse(parse_control_request, {"stop", "a"})));
    EXPECT_TRUE(std::holds_alternative<DeleteRequest>(*parse(parse_control_request, {"delete", "a"})));
    EXPECT_TRUE(std::holds_alternative<ResetRequest>(*parse(parse_control_request, {"reset", "a"})));
    const auto init = std::get<InitializeRequest>(*parse(parse_control_request, {"initialize", "a", "-f", "x y"}));
    EXPECT_EQ(init.name.str(), "a");
    EXPECT_EQ(init.file, "x y");
    const auto all = std::get<StatusRequest>(*parse(parse_control_request, {"status", "--json"}));
    EXPECT_FALSE(all.name);
    EXPECT_TRUE(all.json);
    EXPECT_EQ(std::get<StatusRequest>(*parse(parse_control_request, {"status", "a"})).name->str(), "a");
    const auto logs = std::get<LogsRequest>(*parse(parse_control_request, {"logs", "a"}));
    EXPECT_EQ(logs.lines, 100U);
    EXPECT_FALSE(logs.follow);
    EXPECT_TRUE(std::get<LogsRequest>(*parse(parse_control_request, {"logs", "a", "--follow"})).follow);
    EXPECT_FALSE(std::get<LogsRequest>(*parse(parse_control_request, {"logs", "a", "--no-follow"})).follow);
}

struct Help : testing::TestWithParam<const char*> {};
TEST_P(Help, IsAnAnswerAndNoError)
{
    const Words words = {GetParam()};
    const auto expect_answer = [](const auto& result) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().status, ExitStatus::ok);
        EXPECT_TRUE(result.error().message.ends_with('\n'));
    };
    expect_answer(parse(parse_control_request, words));
    expect_answer(parse(parse_overlay_request, words));
    expect_answer(parse(parse_unit_request, words));
    expect_answer(parse(parse_journal_request, words));
    expect_answer(parse(parse_launch_request, words));
}
INSTANTIATE_TEST_SUITE_P(Options, Help, testing::Values("--help", "-h", "--version"),
                         [](const auto& row) {
                             return std::string(row.param) == "-h"       ? "short"
                                    : std::string(row.param) == "--help" ? "help"
                                                                         : "version";
                         });

TEST(Overlay, TakesItsVerbs)
{
    const auto mount = parse(parse_overlay_request, {"mount", "a"});
    ASSERT_TRUE(mount);
    EXPECT_EQ(mount->verb, OverlayVerb::mount);
    EXPECT_FALSE(mount->print);
    EXPECT_EQ(parse(parse_overlay_request, {"umount", "a"})->verb, OverlayVerb::umount);
    EXPECT_TRUE(parse(parse_overlay_request, {"purge", "a", "--print"})->print);
    expect_refusal(parse(parse_overlay_request, {"remount", "a"}), ExitStatus::usage, "there is no verb");
    expect_refusal(parse(parse_overlay_request, {"mount"}), ExitStatus::usage, "NAME");
    expect_refusal(parse(parse_overlay_request, {"mount", "a/b"}), ExitStatus::usage, "is not an instance name");
}

TEST(Systemctl, TakesItsVerbsAndNoOtherUnit)
{
    EXPECT_EQ(parse(parse_unit_request, {"enable", "a"})->verb, UnitVerb::enable);
    EXPECT_EQ(parse(parse_unit_request, {"disable", "a"})->verb, UnitVerb::disable);
    EXPECT_EQ(parse(parse_unit_request, {"purge", "a"})->verb, UnitVerb::purge);
    EXPECT_EQ(parse(parse_unit_request, {"show", "a"})->verb, UnitVerb::show);
    expect_refusal(parse(parse_unit_request, {"start", "a"}), ExitStatus::usage, "there is no verb");
    expect_refusal(parse(parse_unit_request, {"enable", "ssh.service"}), ExitStatus::usage, "is not an instance name");
    expect_refusal(parse(parse_unit_request, {"enable", "a", "b"}), ExitStatus::usage, "b");
    expect_refusal(parse(parse_unit_request, {"enable", "--now", "a"}), ExitStatus::usage, "--now");
}

TEST(Journalctl, WantsAllOfIt)
{
    const auto request = parse(parse_journal_request, {"a", "--lines", "5", "--follow"});
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->lines, 5U);
    EXPECT_EQ(request->follow, Follow::yes);
    EXPECT_EQ(parse(parse_journal_request, {"a", "--lines", "0", "--no-follow"})->follow, Follow::no);
    expect_refusal(parse(parse_journal_request, {"a", "--lines", "5"}), ExitStatus::usage, "--follow");
    expect_refusal(parse(parse_journal_request, {"a", "--follow"}), ExitStatus::usage, "--lines");
    expect_refusal(parse(parse_journal_request, {"A", "--lines", "5", "--follow"}), ExitStatus::usage, "instance name");
}

TEST(Launch, TakesAName)
{
    EXPECT_EQ(parse(parse_launch_request, {"a"})->str(), "a");
    expect_refusal(parse(parse_launch_request, {}), ExitStatus::usage, "NAME");
    expect_refusal(parse(parse_launch_request, {"a", "-x"}), ExitStatus::usage, "-x");
}

} // namespace
} // namespace left4me::test
