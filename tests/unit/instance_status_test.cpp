#include "verbs/instance_status.hpp"

#include "programs/json_text.hpp"
#include "programs/status_text.hpp"
#include "text_case.hpp"

#include <nlohmann/json.hpp>

namespace left4me {
namespace {

using testing::HasSubstr;

InstanceStatus stopped()
{
    return {.name = InstanceName::parse("coop1").value(),
            .active_state = "inactive",
            .sub_state = "dead",
            .since = {},
            .port = {},
            .layers = {},
            .memory_bytes = {},
            .problem = {},
            .restart_reasons = {},
            .exposure = {}};
}

InstanceStatus running()
{
    auto status = stopped();
    status.active_state = "active";
    status.sub_state = "running";
    status.since = std::chrono::microseconds(1'767'225'600'999'999);
    status.port = 27015;
    status.watch = {.hang_after = std::chrono::seconds(30)};
    status.layers = {{"competitive/base", 3, false}, {"installation", 1, true}};
    status.build = "14";
    status.installed_build = "14";
    status.main_pid = 4242;
    status.memory_bytes = 1'610'612'736;
    status.restarts = 2;
    status.restart_reasons = {"there is a newer version of layer competitive/base"};
    status.exposure = 1.2;
    status.answer = ServerInfo{.name = "\x1b[2JMy \xff",
                               .map = "c1m1_hotel",
                               .folder = "left4dead2",
                               .game = "Left 4 Dead 2",
                               .version = "2.2.4.3",
                               .keywords = "coop",
                               .players = 3,
                               .max_players = 8,
                               .bots = 1,
                               .is_secure = true,
                               .port = {},
                               .steam_id = {}};
    status.watched = AnswerRecord{.main_pid = 4242,
                                  .state = AnswerState::answers,
                                  .since = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2),
                                  .answered = std::chrono::sys_days(std::chrono::year(2026) / 1 / 3)};
    status.hung = {std::chrono::sys_days(std::chrono::year(2026) / 1 / 2)};
    status.own_files = {{"left4dead2/cfg/p.cfg", "x\xff"}, {}};
    return status;
}

TEST(Exposure, IsReadOfItsUnit)
{
    EXPECT_EQ(parse_exposure("  NAME DESCRIPTION EXPOSURE\n\n"
                             "→ Overall exposure level for left4me-server@a.service: 1.2 OK 🙂\n",
                             "left4me-server@a.service"),
              1.2);
}

class OddExposure : public testing::TestWithParam<TextCase> {};
TEST_P(OddExposure, IsNone)
{
    EXPECT_EQ(parse_exposure(GetParam().text, "a.service"), std::nullopt);
}
INSTANTIATE_TEST_SUITE_P(
    Exposure, OddExposure,
    testing::Values(TextCase{"nothing", ""},
                    TextCase{"other_unit", "→ Overall exposure level for ba.service: 1.2 OK\n"},
                    TextCase{"no_figure", "→ Overall exposure level for a.service: OK\n"},
                    TextCase{"cut_off", "→ Overall exposure level for a.service: "}),
    NameOfCase());

TEST(StatusJson, OfARunningServer)
{
    EXPECT_EQ(nlohmann::json::parse(format_status_json(running())), nlohmann::json::parse(R"({
        "name": "coop1", "active_state": "active", "sub_state": "running",
        "since": "2026-01-01T00:00:00Z", "port": 27015, "query": "a2s", "hang_after": 30,
        "layers": [{"ref": "competitive/base", "version": 3, "current": false},
                   {"ref": "installation", "version": 1, "current": true}],
        "build": "14", "installed_build": "14", "main_pid": 4242, "memory_bytes": 1610612736, "restarts": 2, "problem": null,
        "needs_restart": true,
        "restart_reasons": ["there is a newer version of layer competitive/base"],
        "waiting_restart": null, "hung_restarts": ["2026-01-02T00:00:00Z"],
        "answers": "answers", "answers_since": "2026-01-02T00:00:00Z", "answered": "2026-01-03T00:00:00Z",
        "answer": {"name": "\u001b[2JMy \ufffd", "map": "c1m1_hotel", "players": 3, "bots": 1,
                   "max_players": 8, "version": "2.2.4.3", "secure": true, "password": false,
                   "keywords": "coop"},
        "own_files": {"hiding_newer": ["left4dead2/cfg/p.cfg", "x\ufffd"], "defeating_hide": []},
        "exposure": 1.2})"));
}

TEST(StatusJson, HasEveryKeyAndNullForWhatIsNotKnown)
{
    auto status = stopped();
    status.layers = {{"installation", std::nullopt, true}};
    EXPECT_EQ(nlohmann::json::parse(format_status_json(status)), nlohmann::json::parse(R"({
        "name": "coop1", "active_state": "inactive", "sub_state": "dead",
        "since": null, "port": null, "query": null, "hang_after": null,
        "layers": [{"ref": "installation", "version": null, "current": true}],
        "build": null, "installed_build": null,
        "main_pid": 0, "memory_bytes": null, "restarts": 0, "problem": null,
        "needs_restart": false, "restart_reasons": [], "waiting_restart": null, "hung_restarts": [],
        "answers": null, "answers_since": null, "answered": null, "answer": null, "own_files": null, "exposure": null})"));
}

TEST(StatusJson, OfManyIsAnArray)
{
    EXPECT_EQ(nlohmann::json::parse(format_status_json(std::vector<InstanceStatus>())),
              nlohmann::json::array());
    const auto json = nlohmann::json::parse(format_status_json(std::vector{running(), stopped()}));
    ASSERT_EQ(json.size(), 2U);
    EXPECT_EQ(json[1]["active_state"], "inactive");
    EXPECT_TRUE(format_status_json(std::vector{running()}).ends_with("]\n"));
}

TEST(StatusTable, AlignsItsColumns)
{
    auto plays = running();
    plays.hung.clear();
    const auto table = format_status_table({plays, stopped()});
    std::vector<std::string> lines;
    for (std::size_t begin = 0, end = 0; (end = table.find('\n', begin)) != std::string::npos;
         begin = end + 1)
        lines.push_back(table.substr(begin, end - begin));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_TRUE(lines[0].starts_with("NAME   STATE"));
    const auto state = lines[0].find("STATE");
    EXPECT_TRUE(lines[1].substr(state).starts_with("running "));
    EXPECT_TRUE(lines[2].substr(state).starts_with("inactive "));
    auto failed = stopped();
    failed.active_state = "failed";
    failed.problem = "failed 5 times";
    EXPECT_THAT(format_status_details(failed), testing::HasSubstr("failed (failed 5 times)"));
    const auto notes = lines[0].find("NOTES");
    EXPECT_EQ(lines[1].substr(notes), "needs a restart");
    EXPECT_THAT(lines[0], HasSubstr("ANSWERS  MAP         PLAYERS"));
    EXPECT_THAT(lines[1], HasSubstr("yes      c1m1_hotel  3/8"));
    EXPECT_LT(lines[2].size(), notes);
}

std::string table_row(const InstanceStatus& status)
{
    const auto table = format_status_table({status});
    return table.substr(table.find('\n') + 1);
}

TEST(StatusTable, TellsWhetherTheGameAnswers)
{
    auto status = running();
    EXPECT_THAT(table_row(status), HasSubstr(" yes "));
    status.watched->state = AnswerState::loading;
    EXPECT_THAT(table_row(status), HasSubstr(" loading "));
    status.watched->state = AnswerState::silent;
    EXPECT_THAT(table_row(status), HasSubstr("no answer since 2026-01-02"));
    status.watched.reset();
    EXPECT_THAT(table_row(status), HasSubstr(" ? "));
    status.answer->map = std::string(200, 'm');
    EXPECT_THAT(table_row(status), HasSubstr(std::string(24, 'm') + "…"));
    status.answer->map = "c1m1_hotel";
    status.hung.clear();
    status.waiting = WaitingRestart{.requested = {}, .latest = {}};
    EXPECT_THAT(table_row(status), HasSubstr("restarts when empty"));
}

/// Where they do not fit beside the rest they stand below.
TEST(StatusTable, IsNoWiderThanATerminal)
{
    auto long_name = running();
    long_name.name = InstanceName::parse("competitive-on-tuesdays-10").value();
    long_name.problem = "looping: ended 12 times in 4 min, and more than that is not known of it";
    const auto table = format_status_table({running(), long_name, stopped()});
    for (const auto& line : std::views::split(table, '\n'))
        EXPECT_LE(line.size(), 80U) << std::string_view(line);
    EXPECT_THAT(table,
                HasSubstr("\n    looping: ended 12 times in 4 min, and more than that is not known "
                          "of it;\n    hung at 2026-01-02 00:00; needs a restart\n"));
    EXPECT_THAT(table, HasSubstr("\ncompetitive-on-tuesdays-10  running "));
    long_name.name = InstanceName::parse(std::string(64, 'n')).value();
    const auto two_lines = format_status_table({running(), long_name});
    for (const auto& line : std::views::split(two_lines, '\n'))
        EXPECT_LE(line.size(), 80U) << std::string_view(line);
    EXPECT_THAT(two_lines, HasSubstr("\n" + std::string(64, 'n') + "\n   "));
    auto many_layers = running();
    for (int i = 0; i < 20; ++i)
        many_layers.layers.push_back({std::format("maps/{}", i), 1, true});
    for (const auto& line : std::views::split(format_status_details(many_layers), '\n'))
        EXPECT_LE(line.size(), 80U) << std::string_view(line);
}

TEST(StatusTable, ShowsTheSameFactsAsTheJson)
{
    const auto details = format_status_details(running());
    for (const auto* fact :
         {"coop1", "of 10, by systemd-analyze security", "active (running)", "2026-01-01T0", "27015",
          "4242", "1.5 GiB", "RESTARTS       2",
          "NEEDS RESTART  yes\n               - there is a newer version of layer", "EXPOSURE       1.2",
          "BUILD          14\n", "competitive/base (older), installation"})
        EXPECT_THAT(details, HasSubstr(fact));
    EXPECT_THAT(details, HasSubstr("ANSWERS        c1m1_hotel, 3/8 players: \\x1b[2JMy \\xff\n"));
    auto silent = running();
    silent.answer.reset();
    EXPECT_THAT(format_status_details(silent), HasSubstr("ANSWERS        no query\n"));
    EXPECT_THAT(format_status_details(stopped()), testing::Not(HasSubstr("ANSWERS")));
    EXPECT_THAT(details, HasSubstr("- left4dead2/cfg/p.cfg hides what is newer in a layer\n"));
    EXPECT_THAT(details, HasSubstr("- x\\xff hides"));
    EXPECT_THAT(format_status_details(stopped()), testing::Not(HasSubstr("OWN FILES")));
    EXPECT_THAT(format_status_details(stopped()), HasSubstr("PORT           -\n"));
}

TEST(StatusTable, NamesTheBuildThatIsInstalledWhereItIsAnother)
{
    auto status = running();
    status.installed_build = "15";
    EXPECT_THAT(format_status_details(status), HasSubstr("BUILD          14 (15 is installed)\n"));
    status.build.reset();
    EXPECT_THAT(format_status_details(status), HasSubstr("BUILD          - (15 is installed)\n"));
    EXPECT_THAT(format_status_details(stopped()), HasSubstr("BUILD          -\n"));
}

struct BytesCase {
    std::string name;
    std::uint64_t bytes;
    std::string text;
};
class Memory : public testing::TestWithParam<BytesCase> {};
TEST_P(Memory, IsForPeople)
{
    auto status = stopped();
    status.memory_bytes = GetParam().bytes;
    EXPECT_THAT(format_status_details(status), HasSubstr("MEMORY         " + GetParam().text + "\n"));
}
INSTANTIATE_TEST_SUITE_P(InstanceStatus, Memory,
                         testing::Values(BytesCase{"zero", 0, "0 B"}, BytesCase{"bytes", 1023, "1023 B"},
                                         BytesCase{"kibibyte", 1024, "1.0 KiB"},
                                         BytesCase{"mebibytes", 500 * 1024 * 1024, "500.0 MiB"},
                                         BytesCase{"gibibytes", 2048ULL << 30U, "2048.0 GiB"}),
                         NameOfCase());

} // namespace
} // namespace left4me
