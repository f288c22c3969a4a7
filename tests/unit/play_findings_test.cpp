#include "doctor/play_findings.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;

constexpr auto ok = Verdict::ok;
constexpr auto warning = Verdict::warning;
constexpr auto problem = Verdict::problem;
constexpr auto unseen = Verdict::not_checked;

const Error failed = {ExitStatus::game_failed, "it does not"};
const Error nobody_saw = {ExitStatus::unavailable, "the game does not answer"};

template <class Facts>
Result<Facts> fault()
{
    return std::unexpected(failed);
}
template <class Facts>
Result<Facts> not_seen()
{
    return std::unexpected(nobody_saw);
}

/// Facts, and the finding of a check that is among what they give.
struct Row {
    std::string name;
    Findings findings;
    Check check;
    Verdict verdict;
    std::string what;
};
void PrintTo(const Row& row, std::ostream* out)
{
    *out << row.name;
}

class PlayJudgement : public testing::TestWithParam<Row> {};
TEST_P(PlayJudgement, HasItsVerdict)
{
    const auto& row = GetParam();
    EXPECT_THAT(row.findings,
                Contains(AllOf(Field(&Finding::check, row.check), Field(&Finding::verdict, row.verdict),
                               Field(&Finding::what, HasSubstr(row.what)))));
    for (const auto& finding : row.findings) {
        EXPECT_FALSE(finding.what.contains('\n'));
        EXPECT_TRUE((finding.verdict != problem && finding.verdict != warning) ||
                    !finding.action.empty());
        EXPECT_TRUE(finding.verdict != ok || finding.action.empty());
    }
}

PlayedAnswer an_answer(std::uint16_t app = 550)
{
    return {"2.2.4.3", "c1m1_hotel", app, true, milliseconds(12'340)};
}

const std::string good_words = "Initializing Steam libraries for secure Internet server\n"
                               "[S_API FAIL] SteamAPI_Init() failed; SteamAPI_IsSteamRunning() failed.\n"
                               "Connection to Steam servers successful.\n"
                               "   VAC secure mode is activated.\n";
const std::string not_lan = "\"sv_lan\" = \"0\" ( def. \"0\" )\n - Server is a lan server\n";
const std::string lan = "\"sv_lan\" = \"1\" ( def. \"0\" )\n";

PluginFacts plugins(bool metamod, bool sourcemod, std::string meta, std::string sm = "",
                    std::string list = "")
{
    return {metamod, sourcemod, std::move(meta), std::move(sm), std::move(list)};
}
const std::string unknown = "Unknown command \"meta\"\n";
const std::string meta = " Metamod:Source Version Information\n    Metamod:Source version 1.11.0\n";
const std::string sourcemod = " SourceMod Version Information:\n    SourceMod Version: 1.12.0.7163\n";

INSTANTIATE_TEST_SUITE_P(
    Answers, PlayJudgement,
    testing::Values(
        Row{"answer", judge_answer(an_answer()), Check::answer, ok,
            "version 2.2.4.3 plays c1m1_hotel, and answered after 12.3 s"},
        Row{"another_game", judge_answer(an_answer(240)), Check::answer, warning, "it is game 240"},
        Row{"no_answer", judge_answer(fault<PlayedAnswer>()), Check::answer, problem, "it does not"},
        Row{"nobody_asked", judge_answer(not_seen<PlayedAnswer>()), Check::answer, unseen, ""},
        Row{"console", judge_console("hostname: x\nmap     : y\n"), Check::console, ok, "answers"},
        Row{"another_console", judge_console("Bad rcon"), Check::console, problem, "not one"},
        Row{"no_console", judge_console(fault<std::string>()), Check::console, problem, "it does not"},
        Row{"cvars", judge_cvars(CvarFacts{4100, 4123}), Check::cvarlist, ok, "4100 names"},
        Row{"cvars_that_are_none", judge_cvars(CvarFacts{0, 4123}), Check::cvarlist, problem, "nothing"},
        Row{"cvars_of_another_form", judge_cvars(CvarFacts{3000, 4123}), Check::cvarlist, problem,
            "counts 4123, of which 3000"},
        Row{"cvars_without_a_count", judge_cvars(CvarFacts{3000, std::nullopt}), Check::cvarlist,
            warning, "no count"},
        Row{"map", judge_map_change(MapChange{"c1m2_streets", seconds(9), seconds(5)}),
            Check::map_change, ok, "c1m2_streets 9.0 s after changelevel, silent for 5.0 s"},
        Row{"map_that_hangs", judge_map_change(MapChange{"c1m2_streets", seconds(80), seconds(61)}),
            Check::map_change, warning, "silent for 61.0 s"},
        Row{"no_map", judge_map_change(fault<MapChange>()), Check::map_change, problem, "it does not"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Steam, PlayJudgement,
    testing::Values(
        Row{"known", judge_steam({good_words, not_lan, true}), Check::steam, ok, "knows the server"},
        Row{"secure", judge_steam({good_words, not_lan, true}), Check::secure, ok, "VAC is on"},
        Row{"insecure", judge_steam({"VAC secure mode disabled.\n", not_lan, false}), Check::secure,
            warning, "says that VAC is off"},
        Row{"insecure_without_a_word", judge_steam({"", not_lan, false}), Check::secure, warning,
            "does not tell"},
        Row{"lan", judge_steam({good_words, lan, true}), Check::steam, problem, "sv_lan is 1"},
        Row{"lan_by_its_words",
            judge_steam({"Initializing Steam libraries for LAN server\n", std::nullopt, false}),
            Check::steam, problem, "says that it is LAN only"},
        Row{"lan_mode_by_its_words",
            judge_steam({"This server will operate in LAN mode only\n", not_lan, false}), Check::steam,
            problem, "says that it is LAN only"},
        Row{"no_library",
            judge_steam({"dlopen failed trying to load:\nsteamclient.so\n", not_lan, true}),
            Check::steam, problem, "library"},
        Row{"no_library_by_its_words",
            judge_steam({"[S_API FAIL] SteamAPI_Init() failed\n", not_lan, true}), Check::steam, problem,
            "library"},
        Row{"unreached", judge_steam({"Console initialized.\n", not_lan, true}), Check::steam, warning,
            "does not say"}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Plugins, PlayJudgement,
    testing::Values(
        Row{"none", judge_plugins(plugins(false, false, unknown)), Check::plugins, ok, "no plugin"},
        Row{"metamod", judge_plugins(plugins(true, false, meta)), Check::plugins, ok,
            "MetaMod 1.11.0 runs"},
        Row{"both", judge_plugins(plugins(true, true, meta, sourcemod)), Check::plugins, ok,
            "MetaMod 1.11.0 and SourceMod 1.12.0.7163 run"},
        Row{"metamod_not_loaded", judge_plugins(plugins(true, true, unknown)), Check::plugins, problem,
            "has MetaMod, and the game has not loaded it"},
        Row{"sourcemod_not_loaded", judge_plugins(plugins(true, true, meta, unknown)), Check::plugins,
            problem, "has SourceMod"},
        Row{"a_plugin_that_failed",
            judge_plugins(plugins(true, true, meta, sourcemod, "  17 <Failed> \"CallAdmin\"\n")),
            Check::plugins, warning, "do not run"},
        Row{"unseen", judge_plugins(not_seen<PluginFacts>()), Check::plugins, unseen, ""}),
    NameOfCase());

INSTANTIATE_TEST_SUITE_P(
    Rest, PlayJudgement,
    testing::Values(
        Row{"rest", judge_rest(RestFacts{std::uint64_t{300} << 20, 30, 2}), Check::rest, ok,
            "300.0 MiB and 30 threads in 2 processes"},
        Row{"many_threads", judge_rest(RestFacts{1, 129, 2}), Check::rest, warning, "129 threads"},
        Row{"much_memory", judge_rest(RestFacts{std::uint64_t{1200} << 20, 30, 2}), Check::rest, warning,
            "1.2 GiB"},
        Row{"no_process", judge_rest(fault<RestFacts>()), Check::rest, problem, "it does not"},
        Row{"stop", judge_stop(milliseconds(420)), Check::stop, ok, "within 0.4 s"},
        Row{"slow_stop", judge_stop(seconds(8)), Check::stop, warning, "8.0 s"},
        Row{"killed", judge_stop(seconds(15)), Check::stop, problem, "was killed"},
        Row{"no_stop", judge_stop(fault<milliseconds>()), Check::stop, problem, "it does not"}),
    NameOfCase());

TEST(PlaySteam, HasNoMoreToSayOnceVacIsKnown)
{
    for (const auto* last : {"   VAC secure mode is activated.\n", "VAC secure mode disabled.\n",
                             "VAC secure mode is disabled.\n", "will operate in LAN mode only\n"})
        EXPECT_TRUE(tells_of_steam(last)) << last;
    for (const auto* other : {"", "Connection to Steam servers successful.\n", "VAC\n"})
        EXPECT_FALSE(tells_of_steam(other)) << other;
}

TEST(Findings, OfAPlayAreReadBackFromJson)
{
    Findings all;
    append(all, judge_answer(an_answer()));
    append(all, judge_steam({"", lan, false}));
    append(all, judge_stop(not_seen<milliseconds>()));
    all.push_back({Check::kernel, Verdict::note, "with \"quotes\", \x1b and \n", ""});
    all.push_back({Check::files, Verdict::ok, "last", ""});
    EXPECT_EQ(parse_findings_json(format_findings_json(all)), all);
    for (const auto* bad :
         {"", "[", "{}x", "[1]", R"([{"id": "no", "verdict": "ok", "what": "", "action": null}])",
          R"([{"id": "kernel", "verdict": "no", "what": "", "action": null}])"})
        EXPECT_THAT(parse_findings_json(bad), FailsWith(ExitStatus::bad_data, "no findings")) << bad;
    const auto odd = parse_findings_json("{\"\x1b[31m\xff").error().message;
    EXPECT_EQ(odd, escaped(odd));
}

} // namespace
} // namespace left4me
