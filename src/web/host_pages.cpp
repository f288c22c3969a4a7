#include "web/host_pages.hpp"

#include "accounts/jobs.hpp"
#include "doctor/facts.hpp"
#include "host/systemd.hpp"
#include "model/game_update.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/installed_game.hpp"
#include "web/frame.hpp"
#include "web/job_parts.hpp"
#include "web/links.hpp"

#include <algorithm>
#include <array>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <utility>

namespace left4me::web {
namespace {

/// What the page needs of its visit, which is gone by then.
struct HostView {
    Host on;
    WebSession session;
    std::optional<Job> update; ///< the last one
    Markup told = {};
};

// --- the game ---------------------------------------------------------------------------------

std::string build_text(const std::optional<std::string>& build)
{
    return build ? formatted("build {}", *build) : "a build that names no number";
}

std::string game_sentence(const InstalledGame& game)
{
    return game.is_there ? formatted("The game is installed, {}.", build_text(game.build))
                         : "The game is not installed: no server can be started.";
}

Markup builds_of_servers(const ServerBoard& board, const InstalledGame& game)
{
    Markup items;
    for (const auto& status : board.statuses) {
        if (!status.runs())
            continue;
        const bool older = status.build && game.build && *status.build != *game.build;
        items += html(R"(<li><a href="{}">{}</a>: {}{}</li>)", Links::server(status.name),
                      status.name.str(), build_text(status.build),
                      older ? html(R"( <span class="notes">restart for the installed one</span>)")
                            : Markup());
    }
    return items.empty() ? html("<p>No server runs.</p>") : html(R"(<ul class="layers">{}</ul>)", items);
}

Markup update_line(const HostView& view)
{
    return view.update ? last_job_part(view.on, *view.update, true, token_field(view.session.csrf))
                       : Markup();
}

Markup update_part(const HostView& view, const InstalledGame& game)
{
    const bool goes_on = view.update && !view.update->ended;
    const auto form =
        goes_on
            ? Markup()
            : html(
                  R"(<form class="card" method="post" action="{}">{}<label>Steam account <span class="hint">whose login steamcmd has kept; empty: none</span> <input name="account" autocapitalize="none" autocomplete="off" spellcheck="false" maxlength="64"></label><label class="choice"><input type="checkbox" name="validate" value="yes"> Check every file</label><button class="main">{}</button></form>)",
                  Links::update(), token_field(view.session.csrf),
                  game.is_there ? "Update the game" : "Install the game");
    return html(
        R"(<h3>Update</h3><div data-fresh="update">{}{}</div><p class="hint">Servers go on as they are, and get the new build when they are started next. An account's login is made on a terminal, once, and kept: <code>sudo l4d2ctl {} --user ACCOUNT</code> asks for the password and the code, which this page never does.</p>)",
        update_line(view), form, game.is_there ? "update" : "install");
}

// --- findings, timers, room ---------------------------------------------------------------------

std::string_view finding_class(Verdict verdict)
{
    switch (verdict) {
    case Verdict::ok:
        return "good";
    case Verdict::note:
    case Verdict::not_checked:
        return "off";
    case Verdict::warning:
        return "busy";
    case Verdict::problem:
        break;
    }
    return "bad";
}

Markup findings_part(const Findings& findings)
{
    Markup rows;
    for (const auto& finding : findings) {
        const auto action = finding.action.empty()
                                ? html("<td></td>")
                                : html(R"(<td data-label="To do">{}</td>)", finding.action);
        rows += html(
            R"(<tr><th scope="row"><span class="state {}">{}</span></th><td data-label="Found">{}</td>{}</tr>)",
            finding_class(finding.verdict), verdict_word(finding.verdict), finding.what, action);
    }
    return html(
        R"(<section aria-labelledby="findings"><h2 id="findings">Findings</h2><table class="list"><thead><tr><th scope="col">Verdict</th><th scope="col">Found</th><th scope="col">To do</th></tr></thead><tbody>{}</tbody></table><p class="hint">This program sees nothing of the host but what it works on. The kernel, AppArmor, packet rules, sandboxes, layers and files' modes are looked at by <code>sudo l4d2ctl doctor</code>; whether the game plays, by <code>sudo l4d2ctl doctor --play</code>.</p></section>)",
        rows);
}

struct ShownTimer {
    const char* unit;
    std::string_view what;
};
constexpr std::array<ShownTimer, 2> timers = {
    {{"left4me-layers-refresh.timer", "Daily layers are built anew"},
     {"left4me-workshop-refresh.timer", "Items of the workshop are fetched anew"}}};

Markup timer_row(Result<Systemd>& systemd, const ShownTimer& timer)
{
    const auto next = systemd.and_then([&](Systemd& bus) { return bus.next_elapse(timer.unit); });
    const auto when =
        !next ? html("not known: {}", next.error().message)
        : !*next
            ? html(R"(off; <code>sudo systemctl enable --now {}</code>)", std::string_view(timer.unit))
            : html(R"(<time datetime="{}">{}</time>)", rfc3339(**next), local_minute(**next));
    return html(R"(<tr><th scope="row">{}</th><td data-label="Next">{}</td></tr>)", timer.what, when);
}

Markup timers_part()
{
    auto systemd = Systemd::connect();
    Markup rows;
    for (const auto& timer : timers)
        rows += timer_row(systemd, timer);
    return html(
        R"(<section aria-labelledby="timers"><h2 id="timers">Timers</h2><table class="list"><thead><tr><th scope="col">What</th><th scope="col">Next</th></tr></thead><tbody>{}</tbody></table></section>)",
        rows);
}

std::string disk_text(const Host& host)
{
    struct statvfs room = {};
    if (statvfs(host.state().c_str(), &room) != 0)
        return "not known";
    return formatted("{} of {} free", human_bytes(std::uint64_t{room.f_bavail} * room.f_frsize),
                     human_bytes(std::uint64_t{room.f_blocks} * room.f_frsize));
}

/// What caches have is free, too, which is not to be seen from in here: so no share of it is told.
std::string memory_text()
{
    struct sysinfo system = {};
    return sysinfo(&system) != 0 ? "not known"
                                 : human_bytes(std::uint64_t{system.totalram} * system.mem_unit);
}

std::string used_by_servers(const ServerBoard& board)
{
    std::uint64_t used = 0;
    for (const auto& status : board.statuses)
        used += status.memory_bytes.value_or(0);
    return human_bytes(used);
}

Markup room_part(const Host& host, const ServerBoard& board)
{
    auto facts = fact("Disk of /var/lib/left4me", disk_text(host));
    facts += fact("Memory of the host", memory_text());
    facts += fact("Memory of servers", used_by_servers(board));
    return html(R"(<dl class="facts">{}</dl>)", facts);
}

// --- the page -----------------------------------------------------------------------------------

Response host_response(const HostView& view, StatusBoard& board, unsigned status = 200)
{
    const auto all = board.read();
    const auto game = find_installed_game(view.on);
    if (!all || !game)
        return trouble_page(!all ? all.error() : game.error());
    return page(
        {.title = "Host", .session = &view.session},
        html(
            R"(<h1>Host</h1>{}<p class="answer">{}</p>{}<section aria-labelledby="game"><h2 id="game">The game</h2>{}{}</section>{}{})",
            view.told, game_sentence(*game), room_part(view.on, **all), builds_of_servers(**all, *game),
            update_part(view, *game), findings_part(examine_from_within(view.on)), timers_part()),
        status);
}

Answer shown(Site& site, const SignedVisit& visit, Markup told, unsigned status)
{
    auto update = Jobs(site.database).last_of_game();
    if (!update)
        return trouble_page(update.error());
    return Work{[board = site.board, status,
                 view = HostView{.on = site.host,
                                 .session = visit.session,
                                 .update = std::move(*update),
                                 .told = std::move(told)}] {
        return giving(host_response(view, *board, status));
    }};
}

} // namespace

Answer host_page(Site& site, const AdminVisit& admin)
{
    return shown(site, admin.visit(), {}, 200);
}

Answer update_form(Site& site, const AdminVisit& admin)
{
    const auto& visit = admin.visit();
    const auto& form = visit.visit.form;
    const auto given = value_of(form, "account");
    std::optional<SteamAccount> account;
    if (!given.empty()) {
        auto parsed = SteamAccount::parse(given);
        if (!parsed)
            return shown(site, visit, message(parsed.error().message), unprocessable);
        account = std::move(*parsed);
    }
    const auto game = find_installed_game(site.host);
    const auto request = game.and_then([&](const InstalledGame& found) {
        return update_request(found.is_there, account, value_of(form, "validate") == "yes");
    });
    const auto asked = request.and_then([&](const JobRequest& update) {
        return Jobs(site.database)
            .add(site.host, GameWork(), visit.session.user.name, visit.visit.now, update);
    });
    if (!asked && asked.error().status == ExitStatus::busy)
        return shown(site, visit, message(asked.error().message + "."), conflict);
    if (!asked)
        return trouble_page(asked.error());
    site.jobs_wait();
    return see_other(Links::host());
}

} // namespace left4me::web
