#include "web/share_pages.hpp"

#include "accounts/users.hpp"
#include "system/format.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"

#include <algorithm>
#include <variant>

namespace left4me::web {
namespace {

std::string_view shared_words(ServerRight right)
{
    return right == ServerRight::operate ? "sees it, and may start, stop and command it"
                                         : "sees it and its log";
}

Markup share_row(const ServerShare& share, const InstanceName& server, const Markup& token)
{
    return html(
        R"(<tr><th scope="row" data-label="User">{}</th><td data-label="May">{}</td><td><form method="post" action="{}">{}<button name="user" value="{}">End</button></form></td></tr>)",
        share.user.str(), shared_words(share.right), Links::end_share(server), token, share.user.str());
}

Markup shares_table(const std::vector<ServerShare>& shares, const InstanceName& server,
                    const Markup& token)
{
    if (shares.empty())
        return html("<p>It is shared with nobody.</p>");
    Markup rows;
    for (const auto& share : shares)
        rows += share_row(share, server, token);
    return html(
        R"(<table class="list"><thead><tr><th scope="col">User</th><th scope="col">May</th><th scope="col"><span class="unseen">End it</span></th></tr></thead><tbody>{}</tbody></table>)",
        rows);
}

Markup share_forms(const InstanceName& server, bool owned, const Markup& token)
{
    auto forms =
        owned
            ? html(
                  R"(<form class="card" method="post" action="{}">{}<label>Share with <span class="hint">a user's name</span> <input name="user" autocapitalize="none" spellcheck="false" required maxlength="32"></label>
<label>Who may <select name="right"><option value="view">see it and its log</option><option value="operate">also start, stop and command it</option></select></label><button class="main">Share</button></form>)",
                  Links::share(server), token)
            : html("<p>It can be shared once it is somebody's.</p>");
    forms += html(
        R"(<form class="card" method="post" action="{}">{}<label>Give it to <span class="hint">a user's name</span> <input name="user" autocapitalize="none" spellcheck="false" required maxlength="32"></label><button>Give it away</button></form>)",
        Links::owner(server), token);
    return forms;
}

/// The user whom a form names, or the page that says why not.
std::variant<User, Response> named_user(Site& site, const SignedVisit& visit)
{
    const auto given = value_of(visit.visit.form, "user");
    const auto name = UserName::parse(given);
    auto user = name ? Users(site.database).find(*name) : Result<User>(std::unexpected(name.error()));
    if (user)
        return std::move(*user);
    if (name && user.error().status != ExitStatus::not_found)
        return trouble_page(user.error());
    return refusal_page(visit.session, 422,
                        formatted("There is no user {}, so nothing was done.", quote(given)));
}

Answer done_or_why(const WebSession& session, const Result<void>& done, const Url& next)
{
    if (done)
        return see_other(next);
    if (done.error().status == ExitStatus::bad_data)
        return refusal_page(session, 422, done.error().message);
    return trouble_page(done.error());
}

} // namespace

Result<Markup> share_section(Database& database, const WebSession& session, const SeenServer& server)
{
    ServerAccess access(database);
    const auto owner = access.owner(server.name());
    if (!owner)
        return std::unexpected(owner.error());
    const auto whose = *owner ? (*owner)->str() : "nobody's but the administrators'";
    const auto begin = html(R"(<h2 id="shares">Whose it is</h2><p>Owner: {}</p>)", whose);
    if (server.right() < ServerRight::own)
        return html(R"(<section aria-labelledby="shares">{}</section>)", begin);
    return access.shares(server.name()).transform([&](const std::vector<ServerShare>& shares) {
        const auto token = token_field(session.csrf);
        return html(R"(<section aria-labelledby="shares">{}{}{}</section>)", begin,
                    shares_table(shares, server.name(), token),
                    share_forms(server.name(), owner->has_value(), token));
    });
}

Answer share_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    const auto named = named_user(site, visit);
    if (const auto* refusal = std::get_if<Response>(&named))
        return *refusal;
    const auto right =
        value_of(visit.visit.form, "right") == "operate" ? ServerRight::operate : ServerRight::view;
    return done_or_why(visit.session,
                       ServerAccess(site.database).share(server.name(), std::get<User>(named).id, right),
                       Links::server(server.name()));
}

Answer end_share_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    const auto named = named_user(site, visit);
    if (const auto* refusal = std::get_if<Response>(&named))
        return *refusal;
    return done_or_why(visit.session,
                       ServerAccess(site.database).unshare(server.name(), std::get<User>(named).id),
                       Links::server(server.name()));
}

Answer owner_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    const auto named = named_user(site, visit);
    if (const auto* refusal = std::get_if<Response>(&named))
        return *refusal;
    // An administrator may name a server that is none: the next one of that name would be theirs.
    return Work{[board = site.board, &site, session = visit.session, name = server.name(),
                 owner = std::get<User>(named).id] {
        const auto all = board->read();
        const bool there = all && std::ranges::contains((*all)->statuses, name, &InstanceStatus::name);
        return [&site, session, name, owner, there, error = all ? Error() : all.error()]() -> Answer {
            if (!there)
                return error.message.empty() ? missing_page(session) : trouble_page(error);
            // Whoever gives it away may not see it any more.
            return done_or_why(session, ServerAccess(site.database).set_owner(name, owner),
                               Links::servers());
        };
    }};
}

} // namespace left4me::web
