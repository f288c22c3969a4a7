#include "console/command_line.hpp"

#include "programs/l4d2ctl.hpp"
#include "programs/left4me_journalctl.hpp"
#include "programs/left4me_launch.hpp"
#include "programs/left4me_overlay.hpp"
#include "programs/left4me_systemctl.hpp"
#include "text_case.hpp"

#include <stdexcept>

namespace left4me {
namespace {

using Words = std::vector<const char*>;

template <auto parser>
auto parse(Words words)
{
    words.insert(words.begin(), "program");
    const int count = static_cast<int>(words.size());
    words.push_back(nullptr);
    return parser(count, words.data());
}

template <auto parser>
Result<void> outcome(const Words& words)
{
    return parse<parser>(words).transform([](const auto&) {});
}

constexpr auto control = outcome<parse_control_request>;
constexpr auto overlay = outcome<parse_overlay_request>;
constexpr auto unit = outcome<parse_unit_request>;
constexpr auto journal = outcome<parse_journal_request>;
constexpr auto launcher = outcome<parse_launch_request>;

struct Row {
    std::string name;
    Result<void> (*parser)(const Words&);
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
    EXPECT_THAT(GetParam().parser(GetParam().words), FailsWith(ExitStatus::usage, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    L4d2ctl, BadCommandLine,
    testing::Values(
        Row{"no_verb", control, {}, "subcommand is required"},
        Row{"unknown_verb",
            control,
            {"restart", "a"},
            "there is no verb 'restart' (see l4d2ctl --help)"},
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
        Row{"extra_word", control, {"start", "a", "b"}, "b"},
        Row{"extra_option", control, {"start", "a", "--json"}, "--json"},
        Row{"doctor_with_name", control, {"doctor", "a"}, "a"},
        Row{"install_with_name", control, {"install", "a"}, "a"},
        Row{"update_as_a_command", control, {"update", "--user=+quit"}, "is no name of a Steam account"},
        Row{"update_as_an_option", control, {"update", "--user=-x"}, "is no name of a Steam account"},
        Row{"update_as_nobody", control, {"update", "--user", ""}, "is no name of a Steam account"},
        Row{"two_verbs", control, {"start", "a", "stop", "b"}, "stop"},
        Row{"status_two_names", control, {"status", "a", "b"}, "b"},
        Row{"bad_name", control, {"start", "Coop"}, "'Coop' is not an instance name"},
        Row{"empty_name", control, {"start", ""}, "'' is not an instance name"},
        Row{"status_empty_name", control, {"status", ""}, "'' is not an instance name"},
        Row{"upward_name", control, {"delete", "../a"}, "'../a' is not an instance name"},
        Row{"unit_as_name", control, {"stop", "ssh.service"}, "'ssh.service' is not an instance name"},
        Row{"option_as_name", control, {"start", "--", "-a"}, "'-a' is not an instance name"},
        Row{"bracketed_name", control, {"start", "[a]"}, "'[a]' is not an instance name"},
        Row{"build_no_script", control, {"overlay", "build", "a", "--daily"}, "--file is required"},
        Row{"forget_no_ref", control, {"overlay", "forget"}, "REF is required"},
        Row{"forget_two_refs", control, {"overlay", "forget", "a", "b"}, "b"},
        Row{"refresh_bad_ref", control, {"overlay", "refresh", "a", "../b"}, "'../b'"},
        Row{"refresh_empty_ref", control, {"overlay", "refresh", ""}, "''"},
        Row{"refresh_bracketed_ref", control, {"overlay", "refresh", "[a,b]"}, "[a,b]"},
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
    const auto result = GetParam().parser(GetParam().words);
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
        Row{"overlay_help", overlay, {"--help"}, "umount"},
        Row{"overlay_version", overlay, {"--version"}, "left4me-overlay " LEFT4ME_VERSION},
        Row{"unit_help", unit, {"--help"}, "enable"},
        Row{"unit_version", unit, {"--version"}, "left4me-systemctl " LEFT4ME_VERSION},
        Row{"journal_help", journal, {"--help"}, "--no-follow"},
        Row{"journal_version", journal, {"--version"}, "left4me-journalctl " LEFT4ME_VERSION},
        Row{"launch_help", launcher, {"--help"}, "NAME"},
        Row{"launch_version", launcher, {"--version"}, "left4me-launch " LEFT4ME_VERSION}),
    NameOfCase());

template <class Request>
Request control_request(const Words& words)
{
    return std::get<Request>(parse<parse_control_request>(words).value());
}

TEST(ControlRequest, HasTheVerbAndTheName)
{
    EXPECT_EQ(control_request<StartRequest>({"start", "a"}).name.str(), "a");
    EXPECT_EQ(control_request<StopRequest>({"stop", "a"}).name.str(), "a");
    EXPECT_EQ(control_request<DeleteRequest>({"delete", "a"}).name.str(), "a");
    EXPECT_EQ(control_request<ResetRequest>({"reset", "a"}).name.str(), "a");
}

TEST(ControlRequest, TakesServersThatAreNamedLikeVerbs)
{
    EXPECT_EQ(control_request<StartRequest>({"start", "stop"}).name.str(), "stop");
    EXPECT_EQ(control_request<StatusRequest>({"status", "status"}).name.value().str(), "status");
}

TEST(ControlRequest, InitializeTakesAFileOrStandardInput)
{
    for (const auto& words :
         {Words{"initialize", "a", "-f", "s.yaml"}, Words{"initialize", "-f", "s.yaml", "a"},
          Words{"initialize", "a", "--file=s.yaml"}})
        EXPECT_EQ(control_request<InitializeRequest>(words).file, "s.yaml");
    EXPECT_EQ(control_request<InitializeRequest>({"initialize", "a", "-f", "-"}).file, "-");
}

TEST(ControlRequest, KeepsAFileNameAsItIs)
{
    for (const auto* file : {"[s].yaml", "[s]", "a,b", "my spec.yaml", "\"s\"", "s\n"})
        EXPECT_EQ(control_request<InitializeRequest>({"initialize", "a", "-f", file}).file, file);
}

TEST(ControlRequest, StatusIsOfAllOrOne)
{
    EXPECT_FALSE(control_request<StatusRequest>({"status"}).name);
    EXPECT_FALSE(control_request<StatusRequest>({"status"}).json);
    EXPECT_TRUE(control_request<StatusRequest>({"status", "--json"}).json);
    EXPECT_EQ(control_request<StatusRequest>({"status", "--json", "a"}).name->str(), "a");
    EXPECT_TRUE(control_request<StatusRequest>({"status", "a", "--json"}).json);
}

template <class Request>
Request layer_request(const Words& words)
{
    return std::get<Request>(control_request<LayerRequest>(words));
}

TEST(LayerRequest, BuildTakesALayerAndAScript)
{
    const auto request =
        layer_request<LayerBuildRequest>({"overlay", "build", "users/42/Maps", "-f", "-"});
    EXPECT_EQ(request.ref.str(), "users/42/Maps");
    EXPECT_EQ(request.file, "-");
    EXPECT_EQ(request.abi, BuildAbi::native);
    EXPECT_EQ(layer_request<LayerBuildRequest>({"overlay", "build", "--multiarch", "-f", "s", "a"}).abi,
              BuildAbi::multiarch);
    EXPECT_FALSE(request.daily);
    EXPECT_TRUE(layer_request<LayerBuildRequest>({"overlay", "build", "a", "-f", "s", "--daily"}).daily);
}

TEST(LayerRequest, RefreshIsOfAllOrThoseNamed)
{
    EXPECT_TRUE(layer_request<LayerRefreshRequest>({"overlay", "refresh"}).refs.empty());
    const auto some = layer_request<LayerRefreshRequest>({"overlay", "refresh", "a/b", "c"}).refs;
    ASSERT_EQ(some.size(), 2U);
    EXPECT_EQ(some.at(0).str(), "a/b");
    EXPECT_EQ(some.at(1).str(), "c");
    EXPECT_EQ(layer_request<LayerForgetRequest>({"overlay", "forget", "a/b"}).ref.str(), "a/b");
}

TEST(LayerRequest, EachVerbTakesItsWords)
{
    EXPECT_FALSE(layer_request<LayerListRequest>({"overlay", "list"}).json);
    EXPECT_TRUE(layer_request<LayerListRequest>({"overlay", "list", "--json"}).json);
    EXPECT_EQ(layer_request<LayerShowRequest>({"overlay", "show", "a/b"}).ref.str(), "a/b");
    EXPECT_EQ(layer_request<LayerCreateRequest>({"overlay", "create", "a"}).ref.str(), "a");
    EXPECT_EQ(layer_request<LayerDeleteRequest>({"overlay", "delete", "a"}).ref.str(), "a");
    EXPECT_TRUE(layer_request<LayerHistoryRequest>({"overlay", "history", "a", "--json"}).json);
    EXPECT_EQ(layer_request<LayerImportRequest>({"overlay", "import", "a", "maps.zip"}).file,
              "maps.zip");
    EXPECT_FALSE(layer_request<LayerRollbackRequest>({"overlay", "rollback", "a"}).version);
    EXPECT_EQ(layer_request<LayerRollbackRequest>({"overlay", "rollback", "a", "3"}).version, 3U);
}

TEST(ControlRequest, DoctorIsOfTheHost)
{
    EXPECT_FALSE(control_request<DoctorRequest>({"doctor"}).json);
    EXPECT_TRUE(control_request<DoctorRequest>({"doctor", "--json"}).json);
}

TEST(ControlRequest, LogsHaveDefaultsAndRanges)
{
    const auto defaults = control_request<LogsRequest>({"logs", "a"});
    EXPECT_EQ(defaults.lines, 100U);
    EXPECT_FALSE(defaults.follow);
    EXPECT_EQ(control_request<LogsRequest>({"logs", "a", "--lines", "0"}).lines, 0U);
    EXPECT_EQ(control_request<LogsRequest>({"logs", "a", "--lines=1000000"}).lines, 1'000'000U);
    EXPECT_TRUE(control_request<LogsRequest>({"logs", "a", "--follow"}).follow);
    EXPECT_FALSE(control_request<LogsRequest>({"logs", "a", "--no-follow"}).follow);
}

TEST(OverlayRequest, HasTheVerbTheNameAndPrint)
{
    const auto mount = parse<parse_overlay_request>({"mount", "a"}).value();
    EXPECT_EQ(mount.verb, OverlayVerb::mount);
    EXPECT_EQ(mount.name->str(), "a");
    EXPECT_FALSE(mount.print);
    EXPECT_EQ(parse<parse_overlay_request>({"umount", "a"})->verb, OverlayVerb::umount);
    EXPECT_EQ(parse<parse_overlay_request>({"purge", "mount"})->verb, OverlayVerb::purge);
    EXPECT_TRUE(parse<parse_overlay_request>({"purge", "a", "--print"})->print);
    EXPECT_TRUE(parse<parse_overlay_request>({"mount", "--print", "a"})->print);
    EXPECT_EQ(mount.route, LayerRoute::automatic);
    EXPECT_EQ(parse<parse_overlay_request>({"mount", "a", "--layers-by", "path"})->route,
              LayerRoute::path);
    EXPECT_EQ(parse<parse_overlay_request>({"mount", "a", "--layers-by=descriptor"})->route,
              LayerRoute::descriptor);
    EXPECT_FALSE(parse<parse_overlay_request>({"mount", "a", "--layers-by", "1"}).has_value());
    EXPECT_FALSE(parse<parse_overlay_request>({"umount", "a", "--layers-by", "path"}).has_value());
    const auto exchange = parse<parse_overlay_request>({"exchange-installation"}).value();
    EXPECT_EQ(exchange.verb, OverlayVerb::exchange_installation);
    EXPECT_FALSE(exchange.name.has_value());
    EXPECT_FALSE(parse<parse_overlay_request>({"exchange-installation", "a"}).has_value());
}

TEST(InstallRequest, HasTheVerbTheAccountAndValidate)
{
    const auto install = control_request<InstallRequest>({"install"}).order;
    EXPECT_EQ(install.verb, InstallationVerb::install);
    EXPECT_TRUE(install.account.is_anonymous());
    EXPECT_FALSE(install.validate);
    const auto update = control_request<InstallRequest>({"update", "--user", "ann", "--validate"}).order;
    EXPECT_EQ(update.verb, InstallationVerb::update);
    EXPECT_EQ(update.account.str(), "ann");
    EXPECT_TRUE(update.validate);
}

TEST(UnitRequest, HasTheVerbAndTheName)
{
    EXPECT_FALSE(parse<parse_unit_request>({"publish-installation"})->name.has_value());
    EXPECT_FALSE(parse<parse_unit_request>({"publish-installation", "a"}).has_value());
    EXPECT_EQ(parse<parse_unit_request>({"inspect"})->verb, UnitVerb::inspect);
    EXPECT_FALSE(parse<parse_unit_request>({"inspect", "a"}).has_value());
    const auto enable = parse<parse_unit_request>({"enable", "a"}).value();
    EXPECT_EQ(enable.verb, UnitVerb::enable);
    EXPECT_EQ(enable.name->str(), "a");
    EXPECT_EQ(parse<parse_unit_request>({"disable", "a"})->verb, UnitVerb::disable);
    EXPECT_EQ(parse<parse_unit_request>({"purge", "enable"})->verb, UnitVerb::purge);
    EXPECT_EQ(parse<parse_unit_request>({"show", "a"})->verb, UnitVerb::show);
}

TEST(JournalRequest, HasAllThatIsAsked)
{
    const auto request = parse<parse_journal_request>({"a", "--lines", "7", "--follow"}).value();
    EXPECT_EQ(request.name.str(), "a");
    EXPECT_EQ(request.lines, 7U);
    EXPECT_EQ(request.follow, Follow::yes);
    EXPECT_EQ(parse<parse_journal_request>({"a", "--lines", "0", "--no-follow"})->follow, Follow::no);
}

TEST(LaunchRequest, IsAName)
{
    EXPECT_EQ(parse<parse_launch_request>({"a"})->str(), "a");
}

struct Ending {
    int status;
    std::string out;
    std::string err;
};
Ending run(const std::function<Result<int>()>& act)
{
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run_program("p", act);
    return {status, testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

TEST(RunProgram, PrintsAnErrorAsOneLineAndGivesItsStatus)
{
    const auto ending = run([]() -> Result<int> { return fail(ExitStatus::busy, "it is mounted"); });
    EXPECT_EQ(ending.status, 75);
    EXPECT_EQ(ending.out, "");
    EXPECT_EQ(ending.err, "p: it is mounted\n");
}

TEST(RunProgram, PrintsWhatWasAskedForOnStandardOutput)
{
    const auto ending = run([]() -> Result<int> { return fail(ExitStatus::ok, "p 1.0\n"); });
    EXPECT_EQ(ending.status, 0);
    EXPECT_EQ(ending.out, "p 1.0\n");
    EXPECT_EQ(ending.err, "");
}

TEST(RunProgram, SaysNothingWhereAHelperHasSpoken)
{
    const auto ending = run([]() -> Result<int> { return fail(ExitStatus::not_found, ""); });
    EXPECT_EQ(ending.status, 66);
    EXPECT_EQ(ending.err, "");
}

TEST(RunProgram, GivesTheStatusOfTheAct)
{
    EXPECT_EQ(run([]() -> Result<int> { return 3; }).status, 3);
}

TEST(RunProgram, EndsExceptionsAsInternal)
{
    const auto ending = run([]() -> Result<int> { throw std::runtime_error("no memory"); });
    EXPECT_EQ(ending.status, 70);
    EXPECT_EQ(ending.err, "p: no memory\n");
}

} // namespace
} // namespace left4me
