#include "doctor/play_findings.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <algorithm>
#include <array>

namespace left4me {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint16_t app_of_game = 550; // of the game, which its servers tell

const std::string attach = "attach the report to a bug of left4me";

std::string in_seconds(milliseconds time)
{
    return formatted("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

/// Of what did not happen.
Finding missing(Check check, const Error& error, std::string action)
{
    if (error.status == ExitStatus::unavailable)
        return {check, Verdict::not_checked, error.message};
    return {check, Verdict::problem, error.message, std::move(action)};
}

bool mentions(std::string_view text, std::string_view part)
{
    return contains_ignoring_case(text, part);
}

/// The rest of the first line that has that in it, without blanks around it, and not too long.
std::optional<std::string> behind(std::string_view text, std::string_view mark)
{
    constexpr std::size_t longest = 60;
    const auto at = text.find(mark);
    if (at == std::string_view::npos)
        return std::nullopt;
    auto rest = text.substr(at + mark.size());
    rest = rest.substr(0, rest.find_first_of("\r\n"));
    const auto begin = rest.find_first_not_of(' ');
    if (begin == std::string_view::npos)
        return std::nullopt;
    const auto end = rest.find_last_not_of(' ');
    return std::string(rest.substr(begin, std::min(end + 1 - begin, longest)));
}

/// Of "NAME" = "VALUE", which the console answers to the name alone.
std::string_view value_in(std::string_view answer)
{
    const auto equals = answer.find('=');
    const auto begin = answer.find('"', equals == std::string_view::npos ? answer.size() : equals);
    if (begin == std::string_view::npos)
        return {};
    const auto rest = answer.substr(begin + 1);
    return rest.substr(0, rest.find('"'));
}

Finding judge_connection(const SteamFacts& facts)
{
    const auto problem = [](std::string what, std::string action) {
        return Finding{Check::steam, Verdict::problem, std::move(what), std::move(action)};
    };
    if (facts.lan && value_in(*facts.lan) == "1")
        return problem("the game is LAN only (sv_lan is 1): nobody finds it on the internet",
                       "see what it says of Steam in the report's log; l4d2ctl doctor looks for "
                       "Steam's SDK and /proc/cpuinfo");
    if (mentions(facts.log, "steam libraries for LAN") || mentions(facts.log, "in LAN mode only"))
        return problem("the game says that it is LAN only", "see its words in the report's log");
    if (mentions(facts.log, "Connection to Steam servers successful"))
        return {Check::steam, Verdict::ok, "Steam knows the server, which is not LAN only"};
    // It is also said by servers that do reach Steam: crazy-max/csgo-server-launcher#37.
    if (mentions(facts.log, "dlopen failed trying to load") || mentions(facts.log, "[S_API FAIL]"))
        return problem("Steam's library was not loaded or did not start",
                       "l4d2ctl doctor looks for Steam's SDK; else " + attach);
    return {Check::steam, Verdict::warning, "the game does not say that it has reached Steam",
            "look whether this host reaches the internet; else " + attach};
}

Finding judge_secure(const SteamFacts& facts)
{
    if (facts.is_secure)
        return {Check::secure, Verdict::ok, "VAC is on: the game tells that it is secure"};
    return {Check::secure, Verdict::warning,
            mentions(facts.log, "VAC secure mode") ? "the game says that VAC is off"
                                                   : "the game does not tell that it is secure (VAC)",
            "it comes with Steam, and not with -insecure; see what the report's log says of Steam"};
}

} // namespace

Findings judge_answer(const Result<PlayedAnswer>& answer)
{
    if (!answer)
        return {missing(Check::answer, answer.error(), attach)};
    auto what = formatted("version {} plays {}, and answered after {}", answer->version, answer->map,
                          in_seconds(answer->took));
    if (answer->app_id != app_of_game)
        return {
            {Check::answer, Verdict::warning,
             formatted("{}, but says that it is game {} and not {}", what, answer->app_id, app_of_game),
             "look what lies in the installation"}};
    return {{Check::answer, Verdict::ok, std::move(what)}};
}

bool tells_of_steam(std::string_view log)
{
    constexpr std::array<std::string_view, 4> last_words = {
        "VAC secure mode is activated", "VAC secure mode disabled", "VAC secure mode is disabled",
        "in LAN mode only"};
    return std::ranges::any_of(last_words, [&](std::string_view words) { return mentions(log, words); });
}

Findings judge_steam(const SteamFacts& facts)
{
    return {judge_connection(facts), judge_secure(facts)};
}

Findings judge_console(const Result<std::string>& answer)
{
    if (!answer)
        return {missing(Check::console, answer.error(), attach)};
    if (!answer->contains("hostname") || !answer->contains("map"))
        return {{Check::console, Verdict::problem,
                 "RCON takes commands, and its answer to status is not one of this game", attach}};
    return {{Check::console, Verdict::ok, "RCON takes commands and answers"}};
}

Findings judge_cvars(const Result<CvarFacts>& facts)
{
    if (!facts)
        return {missing(Check::cvarlist, facts.error(), attach)};
    if (facts->understood == 0)
        return {{Check::cvarlist, Verdict::problem, "nothing in the answer to cvarlist is understood",
                 attach}};
    const auto names = counted(facts->understood, "name");
    if (!facts->total)
        return {{Check::cvarlist, Verdict::warning,
                 formatted("cvarlist gives {}, and no count at its end: some may be missing", names),
                 attach}};
    // What is there twice counts twice, and a few may be no names.
    if (facts->understood * 10 < *facts->total * 9)
        return {{Check::cvarlist, Verdict::problem,
                 formatted("cvarlist counts {}, of which {} are understood", *facts->total,
                           facts->understood),
                 attach}};
    return {{Check::cvarlist, Verdict::ok, formatted("cvarlist gives {}", names)}};
}

Findings judge_map_change(const Result<MapChange>& change)
{
    constexpr seconds hang_after{90}; // of a spec without it
    if (!change)
        return {missing(Check::map_change, change.error(), attach)};
    auto what = formatted("it plays {} {} after changelevel, silent for {} at most", change->to,
                          in_seconds(change->took), in_seconds(change->silent));
    if (change->silent * 3 > hang_after * 2)
        return {{Check::map_change, Verdict::warning, std::move(what),
                 "set hang_after: in its spec to three times as long, or it counts as hung"}};
    return {{Check::map_change, Verdict::ok, std::move(what)}};
}

Findings judge_plugins(const Result<PluginFacts>& facts)
{
    constexpr auto check = Check::plugins;
    if (!facts)
        return {missing(check, facts.error(), attach)};
    const auto meta = behind(facts->meta_version, "Metamod:Source version ");
    const auto sourcemod = behind(facts->sm_version, "SourceMod Version: ");
    Findings findings;
    if (facts->has_metamod && !meta)
        findings.push_back({check, Verdict::problem,
                            "the tree has MetaMod, and the game has not loaded it",
                            "see the report's log; a 64-bit build of it is not for this game"});
    else if (facts->has_sourcemod && !sourcemod)
        findings.push_back({check, Verdict::problem,
                            "the tree has SourceMod, and the game has not loaded it",
                            "it needs MetaMod, and metamod.vdf in addons; see the report's log"});
    if (mentions(facts->sm_plugins, "<Failed>") || mentions(facts->sm_plugins, "<Error>"))
        findings.push_back({check, Verdict::warning, "SourceMod has plugins that do not run",
                            "l4d2ctl console NAME -- sm plugins list, of a server with these layers"});
    if (!findings.empty())
        return findings;
    if (!meta)
        return {{check, Verdict::ok, "there is no plugin platform"}};
    return {{check, Verdict::ok,
             sourcemod ? formatted("MetaMod {} and SourceMod {} run", *meta, *sourcemod)
                       : formatted("MetaMod {} runs", *meta)}};
}

Findings judge_rest(const Result<RestFacts>& facts)
{
    // units/left4me-server@.service: MemoryHigh= and TasksMax=.
    constexpr std::uint64_t memory_high = std::uint64_t{1536} << 20;
    constexpr std::size_t most_tasks = 256;
    if (!facts)
        return {missing(Check::rest, facts.error(), attach)};
    auto what = formatted(
        "it takes {} and {} in {}", human_bytes(facts->memory), counted(facts->threads, "thread"),
        facts->processes == 1 ? std::string("a process") : formatted("{} processes", facts->processes));
    if (facts->threads * 2 > most_tasks)
        return {{Check::rest, Verdict::warning,
                 formatted("{}, with nobody on it; more than {} are refused", what, most_tasks),
                 "give the unit a drop-in with a larger TasksMax="}};
    if (facts->memory * 4 > memory_high * 3)
        return {{Check::rest, Verdict::warning,
                 formatted("{}, with nobody on it; beyond {} it is slowed down", what,
                           human_bytes(memory_high)),
                 "give the unit a drop-in with a larger MemoryHigh= and MemoryMax="}};
    return {{Check::rest, Verdict::ok, std::move(what)}};
}

Findings judge_stop(const Result<milliseconds>& took)
{
    constexpr seconds limit{15}; // units/left4me-server@.service: TimeoutStopSec=
    if (!took)
        return {missing(Check::stop, took.error(), attach)};
    if (*took >= limit)
        return {
            {Check::stop, Verdict::problem,
             formatted("it did not end by SIGINT and was killed: the stop took {}", in_seconds(*took)),
             attach}};
    if (*took * 2 > limit)
        return {{Check::stop, Verdict::warning,
                 formatted("the stop took {}, and after {} s it would have been killed",
                           in_seconds(*took), limit.count()),
                 attach}};
    return {{Check::stop, Verdict::ok, formatted("it stopped within {}", in_seconds(*took))}};
}

} // namespace left4me
