#include "web/server_pages.hpp"

#include "host/log_reading.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"
#include "web/share_pages.hpp"
#include "web/shown_server.hpp"

#include <algorithm>
#include <ranges>
#include <set>

namespace left4me::web {
namespace {

constexpr std::size_t shown_log_lines = 200;

Markup state_badge(const InstanceStatus& status)
{
    const auto state = state_of(status);
    return html(R"(<span class="state {}" data-live="state">{}</span>)", mood_word(state.mood),
                state.word);
}

Markup notes_list(const std::vector<std::string>& notes, std::string_view kind)
{
    if (notes.empty())
        return {};
    Markup items;
    for (const auto& note : notes)
        items += html("<li>{}</li>", note);
    return html(R"(<ul class="{}">{}</ul>)", kind, items);
}

Markup since_time(const std::optional<std::chrono::microseconds>& since)
{
    return since ? html(R"(<time datetime="{}" data-live="since">{}</time>)", rfc3339(*since),
                        local_minute(*since))
                 : html("{}", "–");
}

// --- all servers ----------------------------------------------------------------------------

/// Whose servers a page shows.
class Seen {
public:
    explicit Seen(const SignedVisit& visit, std::vector<InstanceName> own)
        : all_(visit.session.user.role == Role::admin), own_(own.begin(), own.end())
    {
    }
    [[nodiscard]] bool has(const InstanceName& name) const { return all_ || own_.contains(name); }
    [[nodiscard]] bool all() const { return all_; }

private:
    bool all_; ///< of an admin
    std::set<InstanceName> own_;
};

Markup server_row(const InstanceStatus& status)
{
    return html(
        R"(<tr data-server="{}"><td data-label="State">{}</td><th scope="row" data-label="Server"><a href="{}">{}</a></th><td data-label="Map" data-live="map">{}</td><td data-label="Players" data-live="players" class="number">{}</td><td data-label="Since">{}</td><td data-label="Notes" data-live="notes">{}</td></tr>)",
        status.name.str(), state_badge(status), Links::server(status.name), status.name.str(),
        map_of(status), players_of(status), since_time(status.since),
        html(R"(<span class="notes">{}</span>)", join(notes_on(status), "; ")));
}

Markup servers_table(const std::vector<InstanceStatus>& statuses)
{
    Markup rows;
    for (const auto& status : statuses)
        rows += server_row(status);
    return html(
        R"(<table class="servers" data-events="{}"><thead><tr><th scope="col">State</th><th scope="col">Server</th><th scope="col">Map</th><th scope="col" class="number">Players</th><th scope="col">Since</th><th scope="col">Notes</th></tr></thead><tbody>{}</tbody></table>)",
        Links::servers_events(), rows);
}

Markup no_servers(bool admin)
{
    return admin
               ? html(
                     R"(<div class="empty"><p>There is no server yet. On the host:</p><ol><li><code>{}</code> fetches the game,</li><li><code>{}</code> makes a server of a spec,</li><li><code>{}</code> starts it.</li></ol></div>)",
                     "sudo l4d2ctl install", "sudo l4d2ctl initialize NAME -f spec.yaml",
                     "sudo l4d2ctl start NAME")
               : html(
                     R"(<div class="empty"><p>No server is yours yet. An administrator can make one for you, or share one with you.</p></div>)");
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

Response servers_response(const WebSession& session, const Seen& seen, const ServerBoard& board)
{
    auto statuses = board.statuses;
    std::erase_if(statuses, [&](const auto& status) { return !seen.has(status.name); });
    const auto content = statuses.empty() ? no_servers(seen.all()) : servers_table(statuses);
    return page({.title = "Servers", .session = &session},
                html(R"(<h1>Servers</h1><p class="answer">{}</p>{}{})",
                     statuses.empty() ? "" : summary_of(statuses),
                     notes_list(board.warnings, "warnings"), content));
}

// --- one server -----------------------------------------------------------------------------

Markup fact(std::string_view name, const Markup& value)
{
    return html("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
}

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
    return layers.empty() ? html("{}", "–") : notes_list(layers, "layers");
}

Markup facts_of(const InstanceStatus& status, const std::string& host)
{
    Markup facts;
    facts += fact("Map", html(R"(<span data-live="map">{}</span>)", map_of(status)));
    facts += fact("Players",
                  html(R"(<span class="number" data-live="players">{}</span>)", players_of(status)));
    facts += fact("Since", since_time(status.since));
    if (status.port)
        facts +=
            fact("Address", html(R"(<code class="copy">{}</code>)", address_of(host, *status.port)));
    facts += fact("Memory", html("{}", status.memory_bytes.transform(human_bytes).value_or("–")));
    facts += fact("Restarts", html("{}", status.restarts));
    facts += fact("Layers", layers_list(status));
    return html(R"(<dl class="facts">{}</dl>)", facts);
}

/// The end of a log that is shown at first.
struct ShownLog {
    std::string text;
    std::optional<JournalCursor> end; ///< the place of its last line
};

/// As much of it as leaves the page a small one.
ShownLog end_of(const std::vector<LogLine>& lines)
{
    constexpr std::size_t max_bytes = std::size_t{16} * 1024;
    ShownLog shown;
    for (const auto& line : lines | std::views::reverse) {
        if (shown.end && shown.text.size() + line.text.size() > max_bytes)
            break;
        shown.text.insert(0, line.text);
        if (!shown.end)
            shown.end = line.place;
    }
    return shown;
}

/// How far a page's log is read already: a browser that comes back says it by the last event's id.
std::optional<JournalCursor> read_place(const Request& request)
{
    const auto form = parse_form(request.query).value_or(Form());
    const auto last = request.field("last-event-id").value_or(value_of(form, Links::log_place));
    auto place = JournalCursor::parse(last);
    return place ? std::optional(std::move(*place)) : std::nullopt;
}

Markup log_section(const Result<ShownLog>& log)
{
    if (!log)
        return html(
            R"(<section aria-labelledby="log"><h2 id="log">Log</h2><p class="warnings">It cannot be read now: {}</p></section>)",
            log.error().message);
    if (log->text.empty())
        return html(
            R"(<section aria-labelledby="log"><h2 id="log">Log</h2><p>It has said nothing yet.</p><pre class="log" tabindex="0" role="region" aria-label="Its lines"></pre></section>)");
    return html(
        R"(<section aria-labelledby="log"><h2 id="log">Log</h2><pre class="log" tabindex="0" role="region" aria-label="Its lines">
{}</pre></section>)",
        log->text);
}

Response server_response(const WebSession& session, const std::string& host, const InstanceName& name,
                         const Markup& shares, const ServerBoard& board)
{
    const auto found = std::ranges::find(board.statuses, name, &InstanceStatus::name);
    if (found == board.statuses.end())
        return missing_page(session);
    const auto log = read_log(name, shown_log_lines).transform(end_of);
    auto notes = notes_on(*found);
    std::ranges::copy(found->restart_reasons, std::back_inserter(notes));
    return page(
        {.title = name.str(), .session = &session},
        html(
            R"(<p class="way"><a href="{}">Servers</a></p><div data-server="{}" data-events="{}"><h1>{}</h1><p class="answer" aria-live="polite">{} <span data-live="sentence">{}</span></p>{}{}{}{}{}</div>)",
            Links::servers(), name.str(), Links::server_events(name, log ? log->end : std::nullopt),
            name.str(), state_badge(*found), sentence_of(*found), notes_list(board.warnings, "warnings"),
            notes_list(notes, "notes"), facts_of(*found, host), log_section(log), shares));
}

} // namespace

Answer servers_page(Site& site, const SignedVisit& visit)
{
    auto own = ServerAccess(site.database).servers_of(visit.session.user);
    if (!own)
        return trouble_page(own.error());
    return Work{[board = site.board, session = visit.session, seen = Seen(visit, std::move(*own))] {
        const auto all = board->read();
        return giving(all ? servers_response(session, seen, **all) : trouble_page(all.error()));
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

Answer server_page(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    auto shares = share_section(site.database, visit.session, server);
    if (!shares)
        return trouble_page(shares.error());
    return Work{[board = site.board, session = visit.session, name = server.name(),
                 host = visit.visit.request.host, shares = std::move(*shares)] {
        const auto all = board->read();
        return giving(all ? server_response(session, host, name, shares, **all)
                          : trouble_page(all.error()));
    }};
}

} // namespace left4me::web
