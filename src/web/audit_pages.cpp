#include "web/audit_pages.hpp"

#include "model/log_times.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "web/change_notes.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace left4me::web {
namespace {

/// What can be chosen, and as what.
constexpr std::array<std::pair<Changes, std::string_view>, 10> change_labels = {{
    {Changes::running, "what servers do"},
    {Changes::server, "servers, and whose they are"},
    {Changes::game, "consoles and players"},
    {Changes::blueprint, "blueprints"},
    {Changes::layer, "layers"},
    {Changes::installation, "the game"},
    {Changes::session, "signing in and out"},
    {Changes::password, "passwords"},
    {Changes::second_factor, "second factors"},
    {Changes::users, "users"},
}};

/// The fields as they stand in the form, and what they mean.
struct AskedChanges {
    AuditWords words;
    ChangeFilter filter;
    std::string wrong = {}; ///< what could not be read
};

std::optional<AccountTime> time_of(const std::string& text, AccountTime now, std::string& wrong)
{
    if (text.empty())
        return std::nullopt;
    const auto time = parse_log_since(text, now, TimeZone::of_host);
    if (!time)
        wrong = time.error().message;
    return time ? std::optional(*time) : std::nullopt;
}

AskedChanges asked_changes(const Form& form, AccountTime now)
{
    constexpr std::size_t longest = 64;
    const auto field = [&](const char* name) {
        return std::string(value_of(form, name).substr(0, longest));
    };
    AskedChanges asked = {.words = {.user = field("user"),
                                    .server = field("server"),
                                    .kind = field("kind"),
                                    .from = field("from"),
                                    .until = field("until")},
                          .filter = {}};
    const auto& words = asked.words;
    asked.filter = {.user = words.user,
                    .server = words.server,
                    .kind = words.kind,
                    .from = time_of(words.from, now, asked.wrong),
                    .until = time_of(words.until, now, asked.wrong)};
    return asked;
}

Markup kind_field(std::string_view chosen)
{
    auto options = html(R"(<option value="">everything</option>)");
    for (const auto& [changes, label] : change_labels) {
        const auto word = change_word(changes);
        options += word == chosen ? html(R"(<option value="{}" selected>{}</option>)", word, label)
                                  : html(R"(<option value="{}">{}</option>)", word, label);
    }
    return html(R"(<label>What <select name="kind">{}</select></label>)", options);
}

Markup filter_form(const AuditWords& words)
{
    return html(
        R"(<form class="filter" method="get" action="{}"><label>User <input name="user" value="{}" autocapitalize="none" autocomplete="off" spellcheck="false" maxlength="32"></label><label>Server <input name="server" value="{}" autocapitalize="none" autocomplete="off" spellcheck="false" maxlength="64"></label>{}<label>From <input name="from" value="{}" placeholder="2026-01-31" autocomplete="off" maxlength="30"></label><label>Until <input name="until" value="{}" placeholder="yesterday" autocomplete="off" maxlength="30"></label><button>Show</button></form>)",
        Links::audit(), words.user, words.server, kind_field(words.kind), words.from, words.until);
}

Markup who_did(const Change& change)
{
    if (change.user.empty())
        return change.about.empty() ? html("{}", "somebody") : html("somebody, as {}", change.about);
    return html("{} ({})", change.user, change.role);
}

/// What is long says so.
std::string some_of(const std::vector<std::string>& servers)
{
    constexpr std::size_t most = 3;
    const std::vector<std::string> first(servers.begin(),
                                         servers.begin() + std::min(most, std::size(servers)));
    return servers.size() > most ? formatted("{} and {} more", join(first), servers.size() - most)
                                 : join(first);
}

Markup change_row(const Change& change)
{
    return html(
        R"(<tr><td data-label="When">{}</td><th scope="row" data-label="Who">{}</th><td data-label="From">{}</td><td data-label="What"><code>{}</code></td><td data-label="Servers">{}</td><td data-label="Done">{}</td></tr>)",
        moment(change.at), who_did(change), change.address.empty() ? "the host" : change.address,
        change.what, some_of(change.servers),
        change.done() ? "yes" : formatted("no ({})", change.status));
}

Markup changes_table(const ChangePage& some)
{
    if (some.changes.empty())
        return html(R"(<div class="empty"><p>There is no such change.</p></div>)");
    Markup rows;
    for (const auto& change : some.changes)
        rows += change_row(change);
    return html(
        R"(<table class="list audit"><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">From</th><th scope="col">What</th><th scope="col">Servers</th><th scope="col">Done</th></tr></thead><tbody>{}</tbody></table>)",
        rows);
}

} // namespace

Answer audit_page(Site& site, const AdminVisit& admin)
{
    const auto& visit = admin.visit();
    const auto form = parse_query(visit.visit.request.query);
    const auto asked = asked_changes(form, visit.visit.now);
    const auto before = parse_number<std::int64_t>(value_of(form, "before"));
    const auto some = ChangeLog(site.database).some(asked.filter, before);
    if (!some)
        return trouble_page(some.error());
    const auto older = some->older ? html(R"(<p><a class="button" href="{}">Older</a></p>)",
                                          Links::audit(asked.words, *some->older))
                                   : Markup();
    return page({.title = "Audit", .session = &visit.session},
                html(R"(<h1>Audit</h1>{}{}{}{})", filter_form(asked.words), message(asked.wrong),
                     changes_table(*some), older));
}

} // namespace left4me::web
