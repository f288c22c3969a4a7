#include "console/command_line.hpp"

#include "programs/programs.hpp"
#include "text_case.hpp"

#include <stdexcept>

namespace left4me {
namespace {

using Words = std::vector<const char*>;

template <class Parser>
auto parse(Parser parser, const Program& program, Words words)
{
    words.insert(words.begin(), "program");
    const int count = static_cast<int>(words.size());
    words.push_back(nullptr);
    return parser(program, count, words.data());
}

/// Of a command line that is accepted.
Command command_of(const Program& program, const Words& words)
{
    EXPECT_THAT(parse(parse_act, program, words), Succeeds());
    return parse(parse_command_line, program, words).value();
}

Arguments control_arguments(const Words& words)
{
    return command_of(l4d2ctl, words).arguments;
}

const Program* const control = &l4d2ctl;
const Program* const overlay = &left4me_overlay;
const Program* const unit = &left4me_systemctl;
const Program* const journal = &left4me_journalctl;
const Program* const launcher = &left4me_launch;

struct Row {
    std::string name;
    const Program* program;
    Words words;
    std::string message;
};
void PrintTo(const Row& row, std::ostream* out)
{
    for (const auto* word : row.words)
        *out << quote(word) << ' ';
}

class BadCommandLine : public testing::TestWithParam<Row> {};
TEST_P(BadCommandLine, IsUsage)
{
    EXPECT_THAT(parse(parse_act, *GetParam().program, GetParam().words),
                FailsWith(ExitStatus::usage, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    L4d2ctl, BadCommandLine,
    testing::Values(
        Row{"no_verb", control, {}, "subcommand is required"},
        Row{"unknown_verb", control, {"vanish", "a"}, "there is no verb 'vanish' (see l4d2ctl --help)"},
        Row{"verb_in_capitals", control, {"Start", "a"}, "there is no verb 'Start'"},
        Row{"verb_cut_short", control, {"stat"}, "there is no verb 'stat'"},
        Row{"empty_verb", control, {""}, "there is no verb ''"},
        Row{"hostile_verb", control, {"\x1b[2J\n"}, "there is no verb '\\x1b[2J\\n'"},
        Row{"unknown_option", control, {"--force", "start", "a"}, "--force"},
        Row{"start_no_name", control, {"start"}, "NAME is required"},
        Row{"stop_no_name", control, {"stop"}, "NAME is required"},
        Row{"delete_no_name", control, {"delete"}, "NAME is required"},
        Row{"reset_no_name", control, {"reset"}, "NAME is required"},
        Row{"logs_no_name", control, {"logs"}, "NAME is required"},
        Row{"initialize_no_name", control, {"initialize", "-f", "s"}, "NAME is required"},
        Row{"initialize_no_file", control, {"initialize", "a"}, "--file is required"},
        Row{"initialize_no_file_name", control, {"initialize", "a", "-f"}, "--file"},
        Row{"extra_word", control, {"spec", "a", "b"}, "b"},
        Row{"extra_option", control, {"stop", "a", "--json"}, "--json"},
        Row{"timeout_nought", control, {"start", "a", "--timeout", "0"}, "--timeout"},
        Row{"timeout_long", control, {"start", "a", "--timeout", "3601"}, "--timeout"},
        Row{"timeout_word", control, {"start", "a", "--timeout", "1m"}, "--timeout"},
        Row{"doctor_with_name", control, {"doctor", "a"}, "a"},
        Row{"install_with_name", control, {"install", "a"}, "a"},
        Row{"update_as_a_command", control, {"update", "--user=+quit"}, "is no name of a Steam account"},
        Row{"update_as_an_option", control, {"update", "--user=-x"}, "is no name of a Steam account"},
        Row{"update_as_nobody", control, {"update", "--user", ""}, "is no name of a Steam account"},
        Row{"new_login_of_nobody", control, {"install", "--new-login"}, "name it with --user"},
        Row{"two_verbs", control, {"spec", "a", "stop", "b"}, "stop"},
        Row{"delete_one_bad_name", control, {"delete", "a", "../b"}, "'../b' is not an instance name"},
        Row{"status_two_names", control, {"status", "a", "b"}, "b"},
        Row{"bad_name", control, {"start", "Coop"}, "'Coop' is not an instance name"},
        Row{"empty_name", control, {"start", ""}, "'' is not an instance name"},
        Row{"status_empty_name", control, {"status", ""}, "'' is not an instance name"},
        Row{"upward_name", control, {"delete", "../a"}, "'../a' is not an instance name"},
        Row{"unit_as_name", control, {"stop", "ssh.service"}, "'ssh.service' is not an instance name"},
        Row{"option_as_name", control, {"start", "--", "-a"}, "'-a' is not an instance name"},
        Row{"bracketed_name", control, {"spec", "[a]"}, "'[a]' is not an instance name"},
        Row{"build_no_script", control, {"overlay", "build", "a", "--daily"}, "--file is required"},
        Row{"forget_no_ref", control, {"overlay", "forget"}, "REF is required"},
        Row{"forget_two_refs", control, {"overlay", "forget", "a", "b"}, "b"},
        Row{"refresh_bad_ref", control, {"overlay", "refresh", "a", "../b"}, "'../b'"},
        Row{"refresh_empty_ref", control, {"overlay", "refresh", ""}, "''"},
        Row{"refresh_bracketed_ref", control, {"overlay", "refresh", "[a,b]"}, "[a,b]"},
        Row{"own_help_of_a_verb", control, {"start"}, "(see l4d2ctl start --help)"},
        Row{"own_help_of_a_verb_in_a_group",
            control,
            {"overlay", "show", "--all"},
            "(see l4d2ctl overlay show --help)"},
        Row{"own_help_of_a_group", control, {"overlay"}, "(see l4d2ctl overlay --help)"},
        Row{"unknown_verb_in_a_group",
            control,
            {"overlay", "mount", "a"},
            "there is no verb 'mount' (see l4d2ctl overlay --help)"},
        Row{"workshop_no_item", control, {"workshop", "add", "a"}, "ITEM is required"},
        Row{"no_verb_but_a_dash", control, {"--", "start", "a"}, "--help"},
        Row{"refresh_refs_in_one", control, {"overlay", "refresh", "a,b"}, "'a,b'"},
        Row{"lines_negative", control, {"logs", "a", "--lines", "-1"}, "--lines"},
        Row{"lines_above", control, {"logs", "a", "--lines", "1000001"}, "--lines"},
        Row{"lines_huge", control, {"logs", "a", "--lines", "99999999999999999999"}, "--lines"},
        Row{"lines_word", control, {"logs", "a", "--lines", "all"}, "--lines"},
        Row{"lines_empty", control, {"logs", "a", "--lines", ""}, "--lines"},
        Row{"lines_missing", control, {"logs", "a", "--lines"}, "--lines"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Helpers, BadCommandLine,
    testing::Values(
        Row{"overlay_no_verb", overlay, {}, "subcommand is required"},
        Row{"overlay_unknown_verb", overlay, {"unmount", "a"}, "there is no verb 'unmount'"},
        Row{"overlay_no_name", overlay, {"mount"}, "NAME is required"},
        Row{"overlay_extra_word", overlay, {"mount", "a", "b"}, "b"},
        Row{"overlay_two_verbs", overlay, {"mount", "a", "purge", "b"}, "purge"},
        Row{"overlay_bad_name", overlay, {"purge", ".."}, "'..' is not an instance name"},
        Row{"overlay_path", overlay, {"umount", "/"}, "'/' is not an instance name"},
        Row{"unit_no_verb", unit, {}, "subcommand is required"},
        Row{"unit_unknown_verb", unit, {"start", "a"}, "there is no verb 'start'"},
        Row{"unit_no_name", unit, {"enable"}, "NAME is required"},
        Row{"unit_extra_word", unit, {"enable", "a", "ssh.service"}, "ssh.service"},
        Row{"unit_extra_option", unit, {"enable", "a", "--root=/"}, "--root"},
        Row{"unit_two_verbs", unit, {"enable", "a", "disable", "b"}, "disable"},
        Row{"unit_other_unit",
            unit,
            {"disable", "ssh.service"},
            "'ssh.service' is not an instance name"},
        Row{"unit_specifier", unit, {"show", "%i"}, "'%i' is not an instance name"},
        Row{"unit_bracketed", unit, {"show", "[a]"}, "'[a]' is not an instance name"},
        Row{"journal_nothing", journal, {}, "required"},
        Row{"journal_no_name", journal, {"--lines", "1", "--follow"}, "NAME is required"},
        Row{"journal_no_lines", journal, {"a", "--follow"}, "--lines is required"},
        Row{"journal_no_follow_choice", journal, {"a", "--lines", "1"}, "required"},
        Row{"journal_lines_above", journal, {"a", "--lines", "1000001", "--follow"}, "--lines"},
        Row{"journal_lines_negative", journal, {"a", "--lines", "-1", "--follow"}, "--lines"},
        Row{"journal_lines_word", journal, {"a", "--lines", "x", "--follow"}, "--lines"},
        Row{"journal_extra_word", journal, {"a", "b", "--lines", "1", "--follow"}, "b"},
        Row{"journal_match", journal, {"a", "_UID=0", "--lines", "1", "--follow"}, "_UID=0"},
        Row{"journal_option", journal, {"a", "--lines", "1", "--follow", "--file=/x"}, "--file"},
        Row{"journal_bad_name",
            journal,
            {"a*", "--lines", "1", "--follow"},
            "'a*' is not an instance name"},
        Row{"launch_nothing", launcher, {}, "NAME is required"},
        Row{"launch_extra_word", launcher, {"a", "b"}, "b"},
        Row{"launch_bad_name", launcher, {"A"}, "'A' is not an instance name"}),
    NameOfCase());

class Told : public testing::TestWithParam<Row> {};
TEST_P(Told, IsNoFailure)
{
    const auto result = parse(parse_act, *GetParam().program, GetParam().words);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().status, ExitStatus::ok);
    EXPECT_THAT(result.error().message, testing::HasSubstr(GetParam().message));
    EXPECT_TRUE(result.error().message.ends_with('\n'));
}
INSTANTIATE_TEST_SUITE_P(
    CommandLine, Told,
    testing::Values(
        Row{"control_help", control, {"--help"}, "   3  status NAME: the server does not run\n"},
        Row{"control_short_help", control, {"-h"}, "initialize"},
        Row{"control_version", control, {"--version"}, "l4d2ctl " LEFT4ME_VERSION "\n"},
        Row{"verb_help", control, {"logs", "--help"}, "--lines"},
        Row{"verb_in_a_group_help", control, {"overlay", "build", "--help"}, "--multiarch"},
        Row{"group_help", control, {"overlay", "--help"}, "rollback"},
        Row{"workshop_help", control, {"workshop", "--help"}, "refresh"},
        Row{"workshop_verb_help", control, {"workshop", "add", "--help"}, "ITEM"},
        Row{"example_in_help",
            control,
            {"start", "-h"},
            "Example:\n  sudo l4d2ctl start coop1 --timeout 300\n"},
        Row{"overlay_help", overlay, {"--help"}, "umount"},
        Row{"overlay_version", overlay, {"--version"}, "left4me-overlay " LEFT4ME_VERSION},
        Row{"unit_help", unit, {"--help"}, "enable"},
        Row{"unit_version", unit, {"--version"}, "left4me-systemctl " LEFT4ME_VERSION},
        Row{"journal_help", journal, {"--help"}, "--no-follow"},
        Row{"journal_version", journal, {"--version"}, "left4me-journalctl " LEFT4ME_VERSION},
        Row{"launch_help", launcher, {"--help"}, "NAME"},
        Row{"launch_version", launcher, {"--version"}, "left4me-launch " LEFT4ME_VERSION}),
    NameOfCase());

TEST(ControlCommand, HasTheVerbAndTheName)
{
    for (const auto* verb : {"start", "stop", "delete", "reset"}) {
        const auto command = command_of(l4d2ctl, {verb, "a"});
        EXPECT_EQ(command.verb->words, verb);
        EXPECT_EQ(command.arguments.texts("NAME"), std::vector<std::string>{"a"});
        EXPECT_EQ(control_arguments({verb, "a", "b"}).texts("NAME"),
                  (std::vector<std::string>{"a", "b"}));
    }
}

TEST(ControlCommand, TakesServersThatAreNamedLikeVerbs)
{
    EXPECT_EQ(control_arguments({"start", "stop"}).text("NAME"), "stop");
    EXPECT_EQ(control_arguments({"status", "status"}).text("NAME"), "status");
    EXPECT_EQ(control_arguments({"overlay", "show", "list"}).text("REF"), "list");
}

TEST(ControlCommand, InitializeTakesAFileOrStandardInput)
{
    for (const auto& words :
         {Words{"initialize", "a", "-f", "s.yaml"}, Words{"initialize", "-f", "s.yaml", "a"},
          Words{"initialize", "a", "--file=s.yaml"}})
        EXPECT_EQ(control_arguments(words).text("--file"), "s.yaml");
    EXPECT_EQ(control_arguments({"initialize", "a", "-f", "-"}).text("--file"), "-");
}

TEST(ControlCommand, KeepsAFileNameAsItIs)
{
    for (const auto* file : {"[s].yaml", "[s]", "a,b", "my spec.yaml", "\"s\"", "s\n"})
        EXPECT_EQ(control_arguments({"initialize", "a", "-f", file}).text("--file"), file);
}

TEST(ControlCommand, StatusIsOfAllOrOne)
{
    EXPECT_FALSE(control_arguments({"status"}).has("NAME"));
    EXPECT_FALSE(control_arguments({"status"}).flag("--json"));
    EXPECT_TRUE(control_arguments({"status", "--json"}).flag("--json"));
    EXPECT_EQ(control_arguments({"status", "--json", "a"}).text("NAME"), "a");
    EXPECT_TRUE(control_arguments({"status", "a", "--json"}).flag("--json"));
}

TEST(LayerCommand, BuildTakesALayerAndAScript)
{
    const auto plain = control_arguments({"overlay", "build", "users/42/Maps", "-f", "-"});
    EXPECT_EQ(plain.text("REF"), "users/42/Maps");
    EXPECT_EQ(plain.text("--file"), "-");
    EXPECT_FALSE(plain.flag("--multiarch"));
    EXPECT_FALSE(plain.flag("--daily"));
    const auto both = control_arguments({"overlay", "build", "--multiarch", "-f", "s", "a", "--daily"});
    EXPECT_TRUE(both.flag("--multiarch"));
    EXPECT_TRUE(both.flag("--daily"));
}

TEST(LayerCommand, RefreshIsOfAllOrThoseNamed)
{
    EXPECT_TRUE(control_arguments({"overlay", "refresh"}).texts("REF").empty());
    EXPECT_EQ(control_arguments({"overlay", "refresh", "a/b", "c"}).texts("REF"),
              (std::vector<std::string>{"a/b", "c"}));
}

TEST(LayerCommand, EachVerbTakesItsWords)
{
    for (const auto* verb : {"show", "create", "forget", "history"})
        EXPECT_EQ(control_arguments({"overlay", verb, "a/b"}).text("REF"), "a/b") << verb;
    EXPECT_EQ(control_arguments({"overlay", "delete", "a/b", "c"}).texts("REF"),
              (std::vector<std::string>{"a/b", "c"}));
    EXPECT_FALSE(control_arguments({"overlay", "list"}).flag("--json"));
    EXPECT_TRUE(control_arguments({"overlay", "list", "--json"}).flag("--json"));
    EXPECT_TRUE(control_arguments({"overlay", "history", "a", "--json"}).flag("--json"));
    EXPECT_EQ(control_arguments({"overlay", "import", "a", "maps.zip"}).text("ARCHIVE"), "maps.zip");
    EXPECT_FALSE(control_arguments({"overlay", "rollback", "a"}).has("VERSION"));
    EXPECT_EQ(control_arguments({"overlay", "rollback", "a", "3"}).number("VERSION"), 3U);
}

TEST(WorkshopCommand, TakesALayerAndItems)
{
    const auto added = control_arguments({"workshop", "add", "a/b", "1", "2"});
    EXPECT_EQ(added.text("REF"), "a/b");
    EXPECT_EQ(added.texts("ITEM"), (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(added.words(), (std::vector<std::string>{"workshop", "add", "a/b", "1", "2"}));
    EXPECT_FALSE(control_arguments({"workshop", "refresh"}).has("REF"));
    EXPECT_TRUE(control_arguments({"workshop", "list", "a", "--json"}).flag("--json"));
}

TEST(ControlCommand, LogsHaveDefaultsAndRanges)
{
    const auto defaults = control_arguments({"logs", "a"});
    EXPECT_EQ(defaults.number("--lines"), 100U);
    EXPECT_FALSE(defaults.flag("--follow"));
    EXPECT_EQ(control_arguments({"logs", "a", "--lines", "0"}).number("--lines"), 0U);
    EXPECT_EQ(control_arguments({"logs", "a", "--lines=1000000"}).number("--lines"), 1'000'000U);
    EXPECT_TRUE(control_arguments({"logs", "a", "--follow"}).flag("--follow"));
    EXPECT_FALSE(control_arguments({"logs", "a", "--no-follow"}).flag("--follow"));
}

TEST(ControlCommand, InstallAndUpdateTakeAnAccount)
{
    EXPECT_EQ(control_arguments({"install"}).text("--user"), "anonymous");
    EXPECT_FALSE(control_arguments({"install"}).flag("--validate"));
    const auto update =
        control_arguments({"update", "--user", "ann", "--validate", "--fresh", "--new-login"});
    EXPECT_EQ(update.text("--user"), "ann");
    for (const auto* flag : {"--validate", "--fresh", "--new-login"})
        EXPECT_TRUE(update.flag(flag)) << flag;
}

TEST(OverlayCommand, HasTheVerbTheNameAndPrint)
{
    const auto mount = command_of(left4me_overlay, {"mount", "a"});
    EXPECT_EQ(mount.verb->words, "mount");
    EXPECT_EQ(mount.arguments.text("NAME"), "a");
    EXPECT_FALSE(mount.arguments.flag("--print"));
    EXPECT_EQ(mount.arguments.text("--layers-by"), "auto");
    EXPECT_EQ(command_of(left4me_overlay, {"purge", "mount"}).verb->words, "purge");
    EXPECT_TRUE(command_of(left4me_overlay, {"purge", "a", "--print"}).arguments.flag("--print"));
    EXPECT_TRUE(command_of(left4me_overlay, {"mount", "--print", "a"}).arguments.flag("--print"));
    for (const auto* route : {"auto", "descriptor", "path"})
        EXPECT_EQ(command_of(left4me_overlay, {"mount", "a", "--layers-by", route})
                      .arguments.text("--layers-by"),
                  route);
    for (const auto& refused :
         {Words{"mount", "a", "--layers-by", "1"}, Words{"umount", "a", "--layers-by", "path"},
          Words{"exchange-installation", "a"}})
        EXPECT_THAT(parse(parse_act, left4me_overlay, refused), testing::Not(Succeeds()));
    EXPECT_EQ(command_of(left4me_overlay, {"exchange-installation"}).verb->words,
              "exchange-installation");
}

TEST(UnitCommand, HasTheVerbAndTheName)
{
    for (const auto* verb : {"enable", "disable", "restart", "purge", "show"}) {
        const auto command = command_of(left4me_systemctl, {verb, "enable"});
        EXPECT_EQ(command.verb->words, verb);
        EXPECT_EQ(command.arguments.text("NAME"), "enable");
    }
    for (const auto* verb : {"publish-installation", "inspect"}) {
        EXPECT_EQ(command_of(left4me_systemctl, {verb}).verb->words, verb);
        EXPECT_THAT(parse(parse_act, left4me_systemctl, {verb, "a"}), testing::Not(Succeeds()));
    }
}

TEST(JournalCommand, HasAllThatIsAsked)
{
    const auto given = command_of(left4me_journalctl, {"a", "--lines", "7", "--follow"}).arguments;
    EXPECT_EQ(given.text("NAME"), "a");
    EXPECT_EQ(given.number("--lines"), 7U);
    EXPECT_TRUE(given.flag("--follow"));
    EXPECT_FALSE(
        command_of(left4me_journalctl, {"a", "--lines", "0", "--no-follow"}).arguments.flag("--follow"));
}

struct Ending {
    int status;
    std::string out;
    std::string err;
};
Ending end_of(const std::function<Result<int>()>& act)
{
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run("p", act);
    return {status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

TEST(Run, PrintsAnErrorAsOneLineAndGivesItsStatus)
{
    const auto ending = end_of([]() -> Result<int> { return fail(ExitStatus::busy, "it is mounted"); });
    EXPECT_EQ(ending.status, 75);
    EXPECT_EQ(ending.out, "");
    EXPECT_EQ(ending.err, "p: it is mounted\n");
}

TEST(Run, PrintsWhatWasAskedForOnStandardOutput)
{
    const auto ending = end_of([]() -> Result<int> { return fail(ExitStatus::ok, "p 1.0\n"); });
    EXPECT_EQ(ending.status, 0);
    EXPECT_EQ(ending.out, "p 1.0\n");
    EXPECT_EQ(ending.err, "");
}

TEST(Run, SaysNothingWhereAHelperHasSpoken)
{
    const auto ending = end_of([]() -> Result<int> { return fail(ExitStatus::not_found, ""); });
    EXPECT_EQ(ending.status, 66);
    EXPECT_EQ(ending.err, "");
}

TEST(Run, GivesTheStatusOfTheAct)
{
    EXPECT_EQ(end_of([]() -> Result<int> { return 3; }).status, 3);
}

TEST(Run, EndsExceptionsAsInternal)
{
    const auto ending = end_of([]() -> Result<int> { throw std::runtime_error("no memory"); });
    EXPECT_EQ(ending.status, 70);
    EXPECT_EQ(ending.err, "p: no memory\n");
}

} // namespace
} // namespace left4me
