#include "web/server_pages.hpp"

#include "accounts/jobs.hpp"
#include "host/log_reading.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "web/first_steps.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"
#include "web/made_server_pages.hpp"
#include "web/player_pages.hpp"
#include "web/server_acts.hpp"
#include "web/share_pages.hpp"
#include "web/shown_server.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

namespace left4me::web {
namespace {

constexpr std::size_t shown_log_lines = 200;

Markup state_badge(const InstanceStatus& status)
{
    const auto state = state_of(status);
    return html(R"(<span class="state {}" data-live="state">{}</span>)", mood_word(state.mood),
                state.word);
}

Markup since_time(const std::optional<std::chrono::microseconds>& since)
{
    return since ? html(R"(<time datetime="{}" data-live="since">{}</time>)", rfc3339(*since),
                        local_minute(*since))
                 : html("{}", "–");
}

// --- all servers ----------------------------------------------------------------------------

/// Whose servers a page shows, and what was asked for last.
class Seen {
public:
    Seen(const User& user, std::map<InstanceName, ServerRight> rights, std::map<InstanceName, Job> jobs,
         std::map<InstanceName, LinkedServer> linked)
        : all_(user.role == Role::admin), rights_(std::move(rights)), jobs_(std::move(jobs)),
          linked_(std::move(linked))
    {
    }
    [[nodiscard]] bool has(const InstanceName& name) const { return all_ || rights_.contains(name); }
    /// Of one that they may see.
    [[nodiscard]] Asked asked(const InstanceName& name) const
    {
        const auto job = jobs_.find(name);
        const auto linked = linked_.find(name);
        return {.right = all_ ? ServerRight::own : rights_.at(name),
                .job = job == jobs_.end() ? std::nullopt : std::optional(job->second),
                .linked = linked == linked_.end() ? std::nullopt : std::optional(linked->second)};
    }
    /// Those that they may see, with those that were never initialised, by name.
    [[nodiscard]] std::vector<InstanceStatus> of(const ServerBoard& board) const
    {
        auto statuses = board.statuses;
        for (const auto& [name, server] : linked_)
            if (!std::ranges::contains(board.statuses, name, &InstanceStatus::name))
                statuses.push_back(status_of_unmade(server));
        std::erase_if(statuses, [&](const auto& status) { return !has(status.name); });
        std::ranges::stable_sort(statuses, {}, &InstanceStatus::name);
        return statuses;
    }

private:
    bool all_; ///< of an admin
    std::map<InstanceName, ServerRight> rights_;
    std::map<InstanceName, Job> jobs_;
    std::map<InstanceName, LinkedServer> linked_;
};

Result<Seen> seen_by(Database& database, const User& user)
{
    return ServerAccess(database).rights_of(user).and_then([&](const auto& rights) {
        return Jobs(database).last_of_servers().and_then([&](const auto& jobs) {
            return LinkedServers(database).all().transform(
                [&](const auto& linked) { return Seen(user, rights, jobs, linked); });
        });
    });
}

Markup server_row(const InstanceStatus& status, const Asked& asked)
{
    return html(
        R"(<tr data-server="{}"><td class="pick">{}</td><td data-label="State">{}</td><th scope="row" data-label="Server"><a href="{}">{}</a></th><td data-label="Map" data-live="map">{}</td><td data-label="Players" data-live="players" class="number">{}</td><td data-label="Since">{}</td><td data-label="Notes">{} {}</td><td data-label="Do">{}</td></tr>)",
        status.name.str(), row_choice(status.name, asked.right), state_badge(status),
        Links::server(status.name), status.name.str(), map_of(status), players_of(status),
        since_time(status.since),
        html(R"(<span class="notes" data-live="notes">{}</span>)", join(notes_on(status), "; ")),
        row_news(status, asked), row_acts(status, asked));
}

Markup servers_table(const std::vector<InstanceStatus>& statuses, const Seen& seen, const Markup& token)
{
    Markup rows;
    bool operates = false;
    for (const auto& status : statuses) {
        const auto asked = seen.asked(status.name);
        operates = operates || asked.right >= ServerRight::operate;
        rows += server_row(status, asked);
    }
    const auto table = html(
        R"(<table class="servers" data-events="{}"><thead><tr><td></td><th scope="col">State</th><th scope="col">Server</th><th scope="col">Map</th><th scope="col" class="number">Players</th><th scope="col">Since</th><th scope="col">Notes</th><td></td></tr></thead><tbody>{}</tbody></table>)",
        Links::servers_events(), rows);
    return operates ? several_acts(table, token) : table;
}

/// "2 of 3 run, 7 players".
std::string summary_of(const std::vector<InstanceStatus>& statuses)
{
    const auto running = std::ranges::count_if(statuses, &InstanceStatus::runs);
    unsigned players = 0;
    for (const auto& status : statuses)
        players += status.runs() && status.answer ? status.answer->players : 0U;
    return formatted("{} of {} run, {} {}", running, statuses.size(), players,
                     players == 1 ? "player" : "players");
}

/// What the list needs of its visit, which is gone by then.
struct ListView {
    Host host;
    WebSession session;
    Seen seen;
    FirstSteps of_user;
};

Response servers_response(const ListView& view, const ServerBoard& board)
{
    const auto& [host, session, seen, of_user] = view;
    const auto statuses = seen.of(board);
    Markup content;
    if (statuses.empty()) {
        const auto steps = look_for_first_steps(host, of_user);
        if (!steps)
            return trouble_page(steps.error());
        content = first_steps(*steps);
    } else {
        content = servers_table(statuses, seen, token_field(session.csrf));
    }
    // Who has none is told what comes before it.
    const auto more = statuses.empty()
                          ? Markup()
                          : html(R"(<a class="button" href="{}">New server</a>)", Links::new_server());
    return page({.title = "Servers", .session = &session},
                html(R"(<div class="head"><h1>Servers</h1>{}</div><p class="answer">{}</p>{}{})", more,
                     statuses.empty() ? "" : summary_of(statuses),
                     lines_list(board.warnings, "warnings"), content));
}

// --- one server -----------------------------------------------------------------------------

/// The name that this page was asked for, without its port: players may know the host by it.
std::string address_of(const std::string& host, std::uint16_t port)
{
    return formatted("connect {}:{}", host.substr(0, host.find(':')), port);
}

Markup layers_list(const InstanceStatus& status)
{
    std::vector<std::string> layers;
    for (const auto& layer : status.layers)
        layers.push_back(layer.version ? formatted("{}, version {}{}", layer.ref, *layer.version,
                                                   layer.current ? "" : " (older)")
                                       : layer.ref);
    return layers.empty() ? html("{}", "–") : lines_list(layers, "layers");
}

Markup facts_of(const InstanceStatus& status, const std::string& host)
{
    Markup facts;
    if (status.port)
        facts +=
            fact("Address", html(R"(<code class="copy">{}</code>)", address_of(host, *status.port)));
    facts += fact("Memory", html("{}", status.memory_bytes.transform(human_bytes).value_or("–")));
    facts += fact("Restarts", html("{}", status.restarts));
    facts += fact("Layers", layers_list(status));
    return html(R"(<dl class="facts">{}</dl>)", facts);
}

/// As much of a log's end as leaves the page a small one.
std::string end_of(const std::vector<LogLine>& lines)
{
    constexpr std::size_t max_bytes = std::size_t{16} * 1024;
    std::string text;
    for (const auto& line : lines | std::views::reverse) {
        if (!text.empty() && text.size() + line.text.size() > max_bytes)
            break;
        text.insert(0, line.text);
    }
    return text;
}

/// How far a page has read its log: by the last event's id, of a browser that comes back by itself, or
/// by what the page's script says.
std::optional<JournalCursor> read_place(const Request& request)
{
    const auto form = parse_query(request.query);
    const auto last = request.field("last-event-id").value_or(value_of(form, Links::log_place));
    auto place = JournalCursor::parse(last);
    return place ? std::optional(std::move(*place)) : std::nullopt;
}

/// The log of an open page is its stream's: root reads it, which takes longer than all else of a page.
Markup log_section(const InstanceName& name)
{
    return html(
        R"(<section aria-labelledby="log"><h2 id="log">Log</h2><noscript><p><a href="{}">Its last lines</a></p></noscript><div class="tail"><p class="late" data-log-state>It has said nothing yet.</p><pre class="log" tabindex="0" role="region" aria-label="Its lines"></pre></div></section>)",
        Links::log(name));
}

Response log_response(const WebSession& session, const InstanceName& name)
{
    const auto text = read_log(name, shown_log_lines).transform(end_of);
    Markup lines;
    if (!text)
        lines = message(formatted("It cannot be read now: {}", text.error().message));
    else if (text->empty())
        lines = html("<p>It has said nothing yet.</p>");
    else
        lines = html(R"(<pre class="log" tabindex="0" role="region" aria-label="Its lines">
{}</pre>)",
                     *text);
    return page(
        {.title = "Log", .session = &session},
        html(R"(<p class="way"><a href="{}">{}</a></p><h1>Log</h1>{}<p><a href="{}">Look again</a></p>)",
             Links::server(name), name.str(), lines, Links::log(name)));
}

/// To the console, and to what is further down.
Markup ways_of(const InstanceName& name, ServerRight right)
{
    const auto console = right < ServerRight::operate
                             ? Markup()
                             : html(R"(<a class="lever" href="{}">Console</a>)", Links::console(name));
    const auto settings =
        right < ServerRight::own ? Markup() : html(R"(<a class="lever" href="#settings">Settings</a>)");
    return html(
        R"(<nav class="levers" aria-label="On this server">{}<a class="lever" href="#players">Players</a><a class="lever" href="#log">Log</a>{}</nav>)",
        console, settings);
}

/// What a server's page needs of its visit, which is gone by then.
struct ServerView {
    Host on;
    std::shared_ptr<AskedGames> games;
    WebSession session;
    std::string host;
    InstanceName name;
    Asked asked;
    Markup sections; ///< what it is made of, and whose it is
};

Response server_response(const ServerView& view, const ServerBoard& board)
{
    const auto& name = view.name;
    const auto there = std::ranges::find(board.statuses, name, &InstanceStatus::name);
    const auto found = there != board.statuses.end() ? std::optional(*there)
                                                     : view.asked.linked.transform(status_of_unmade);
    if (!found)
        return missing_page(view.session);
    auto notes = notes_on(*found);
    std::ranges::copy(found->restart_reasons, std::back_inserter(notes));
    return page(
        {.title = name.str(), .session = &view.session},
        html(
            R"(<p class="way"><a href="{}">Servers</a></p><div data-server="{}" data-events="{}"><h1>{}</h1><p class="answer" aria-live="polite">{} <span data-live="sentence">{}</span></p>{}{}{}{}{}{}{}{}</div>)",
            Links::servers(), name.str(), Links::server_events(name), name.str(), state_badge(*found),
            sentence_of(*found),
            act_section(view.on, *found, view.asked, token_field(view.session.csrf)),
            ways_of(name, view.asked.right), lines_list(board.warnings, "warnings"),
            lines_list(notes, "notes"), facts_of(*found, view.host),
            players_section(*view.games, *found, view.asked.right), log_section(name), view.sections));
}

} // namespace

Answer servers_page(Site& site, const SignedVisit& visit)
{
    const auto& user = visit.session.user;
    auto seen = seen_by(site.database, user);
    const auto blueprints = Blueprints(site.database).count_of(user);
    if (!seen || !blueprints)
        return trouble_page(!seen ? seen.error() : blueprints.error());
    return Work{[board = site.board,
                 view = ListView{.host = site.host,
                                 .session = visit.session,
                                 .seen = std::move(*seen),
                                 .of_user = {.admin = user.role == Role::admin,
                                             .blueprints = static_cast<std::size_t>(*blueprints)}}] {
        const auto all = board->read();
        return giving(all ? servers_response(view, **all) : trouble_page(all.error()));
    }};
}

Answer servers_events(Site& site, const SignedVisit& visit)
{
    return site.follow_all(visit.session);
}

Answer server_events(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    return site.follow_one(visit.session, server.name(), read_place(visit.visit.request));
}

Answer log_page(Site& /*site*/, const SignedVisit& visit, const SeenServer& server)
{
    return Work{
        [session = visit.session, name = server.name()] { return giving(log_response(session, name)); }};
}

Answer server_page(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    auto shares = share_section(site.database, visit.session, server);
    auto job = Jobs(site.database).last(server.name());
    auto linked = LinkedServers(site.database).find(server.name());
    if (!shares || !job || !linked)
        return trouble_page(!shares ? shares.error() : !job ? job.error() : linked.error());
    auto sections = settings_section(site.database, visit.session, server, *linked);
    if (!sections)
        return trouble_page(sections.error());
    *sections += *shares;
    return Work{[board = site.board, view = ServerView{.on = site.host,
                                                       .games = site.games,
                                                       .session = visit.session,
                                                       .host = visit.visit.request.host,
                                                       .name = server.name(),
                                                       .asked = {.right = server.right(),
                                                                 .job = std::move(*job),
                                                                 .linked = std::move(*linked)},
                                                       .sections = std::move(*sections)}] {
        const auto all = board->read();
        return giving(all ? server_response(view, **all) : trouble_page(all.error()));
    }};
}

} // namespace left4me::web
