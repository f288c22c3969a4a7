#include "web/user_pages.hpp"

#include "accounts/users.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"
#include "web/password_again.hpp"

#include <algorithm>
#include <array>

namespace left4me::web {
namespace {

// --- the page ---------------------------------------------------------------------------------

Markup access_of(const User& user, AccountTime now)
{
    if (!user.active)
        return html("{}", "deactivated");
    if (user.has_password)
        return html("{}", user.has_second_factor ? "password and second factor" : "password");
    if (user.link_until && *user.link_until > now)
        return html("link until {}", moment(*user.link_until));
    return html("{}", "none: give a new link");
}

std::string rights_of(const User& user)
{
    return formatted("{}{}", role_word(user.role),
                     user.role != Role::admin && user.may_build ? ", builds layers" : "");
}

Markup user_row(const User& user, AccountTime now)
{
    return html(
        R"(<tr><th scope="row" data-label="User"><label class="choice"><input type="radio" name="user" value="{}" required> {}</label></th><td data-label="Role">{}</td><td data-label="Access">{}</td><td data-label="Signed in">{}</td></tr>)",
        user.name.str(), user.name.str(), rights_of(user), access_of(user, now),
        user.signed_in ? moment(*user.signed_in) : html("{}", "never"));
}

/// What can be done to a user, as the form says it.
struct Act {
    std::string_view word;
    std::string_view text;
};
constexpr std::array<Act, 8> acts = {{
    {"link", "give a new link"},
    {"admin", "make an administrator"},
    {"user", "make a user"},
    {"build", "let build layers"},
    {"no-build", "let build none any more"},
    {"deactivate", "deactivate"},
    {"activate", "activate"},
    {"delete", "delete"},
}};

Markup change_form(const std::vector<User>& users, const Markup& token, AccountTime now)
{
    Markup rows;
    for (const auto& user : users)
        rows += user_row(user, now);
    Markup options;
    for (const auto& [word, text] : acts)
        options += html(R"(<option value="{}">{}</option>)", word, text);
    return html(
        R"(<form method="post" action="{}">{}<table class="list"><thead><tr><th scope="col">User</th><th scope="col">Role</th><th scope="col">Access</th><th scope="col">Signed in</th></tr></thead><tbody>{}</tbody></table>
<div class="card"><label>To the one that is chosen <span class="hint">a new link takes the place of password, second factor and sessions</span> <select name="act">{}</select></label>{}<button>Do it</button></div></form>)",
        Links::change_user(), token, rows, options, password_field());
}

Markup add_form(const Markup& token)
{
    return html(
        R"(<form class="card" method="post" action="{}">{}<label>Name <span class="hint">a–z, 0–9, - and _</span> <input name="name" autocapitalize="none" autocomplete="off" spellcheck="false" required maxlength="32"></label>
<label>As <select name="role"><option value="user">user: sees what is shared</option><option value="admin">administrator: may do everything</option></select></label>{}<button class="main">Invite</button></form>)",
        Links::users(), token, password_field());
}

constexpr std::array<Done, 6> user_changes = {{
    {"role", "The role is changed. All sessions of that user have ended."},
    {"build", "That user may build layers by scripts of their own."},
    {"no-build", "That user builds no layers any more, and was signed out if they did."},
    {"deactivate", "That user is deactivated, and signed out everywhere."},
    {"activate", "That user may sign in again."},
    {"delete", "That user is deleted."},
}};

Response users_response(Database& database, const WebSession& session, AccountTime now,
                        const Markup& told, unsigned status = 200)
{
    const auto users = Users(database).list();
    if (!users)
        return trouble_page(users.error());
    const auto token = token_field(session.csrf);
    return page(
        {.title = "Users", .session = &session},
        html(R"(<h1>Users</h1>{}<section>{}</section><section><h2>Invite somebody</h2>{}</section>)",
             told, change_form(*users, token, now), add_form(token)),
        status);
}

RefusedPage why_on_users(const SignedVisit& visit)
{
    return [session = visit.session, now = visit.visit.now](Database& database, std::string_view why,
                                                            unsigned status) {
        return users_response(database, session, now, message(why), status);
    };
}

// --- links ------------------------------------------------------------------------------------

/// The address that this page was asked for: whoever gets the link reaches the host by it.
std::string address_of(const Request& request)
{
    return formatted("{}://{}", request.secure ? "https" : "http", request.host);
}

Response link_page(const WebSession& session, const std::string& address, const UserName& name,
                   const Token& link)
{
    return page(
        {.title = "A link", .session = &session},
        html(
            R"(<h1>A link for {}</h1><p class="message done" role="alert">Send it to them. It works once, within a day, and is not shown again.</p><p><code class="copy">{}</code></p><p><a href="{}">To the users</a></p>)",
            name.str(), formatted("{}/welcome#{}", address, link.text().reveal()), Links::users()));
}

// --- what is done -----------------------------------------------------------------------------

/// A rule of the accounts that refuses is told in the form, as is a user who is none.
Error told_in_form(Error error)
{
    if (error.status == ExitStatus::not_found || error.status == ExitStatus::usage)
        error.status = ExitStatus::bad_data;
    return error;
}

/// What a form's work on the pool knows of its visit, which is gone by then.
struct UserChange {
    WebSession session;
    std::string address;
    AccountTime now;
    Host host;
    std::string act;
};

Result<Response> change_user(Database& database, const UserChange& change, const UserName& name)
{
    Users users(database);
    const auto then = [&](const char* word) { return see_other(Links::users(word)); };
    if (change.act == "link")
        return users.reset(name, change.now).transform([&](const Token& link) {
            return link_page(change.session, change.address, name, link);
        });
    if (const auto role = parse_role(change.act))
        return users.set_role(name, *role).transform([&] { return then("role"); });
    if (change.act == "build" || change.act == "no-build")
        return users.set_may_build(name, change.act == "build").transform([&] {
            return then(change.act == "build" ? "build" : "no-build");
        });
    if (change.act == "activate" || change.act == "deactivate")
        return users.set_active(name, change.act == "activate").transform([&] {
            return then(change.act == "activate" ? "activate" : "deactivate");
        });
    if (change.act == "delete")
        return users.remove(change.host, name).transform([&] { return then("delete"); });
    return fail(ExitStatus::bad_data, "There is no such change.");
}

UserChange change_of(const Site& site, const SignedVisit& visit)
{
    return {.session = visit.session,
            .address = address_of(visit.visit.request),
            .now = visit.visit.now,
            .host = site.host,
            .act = std::string(value_of(visit.visit.form, "act"))};
}

} // namespace

Answer users_page(Site& site, const AdminVisit& admin)
{
    const auto& visit = admin.visit();
    return users_response(site.database, visit.session, visit.visit.now,
                          done_message(visit.visit.request, user_changes));
}

Answer add_user_form(Site& site, const AdminVisit& admin)
{
    const auto& visit = admin.visit();
    const auto name = UserName::parse(value_of(visit.visit.form, "name"));
    if (!name)
        return why_on_users(visit)(site.database, name.error().message, 422);
    const auto role = parse_role(value_of(visit.visit.form, "role")).value_or(Role::user);
    return with_password(
        site, visit,
        [change = change_of(site, visit), name = *name, role](Database& database) -> Result<Response> {
            return Users(database)
                .add(name, role, change.now)
                .transform([&](const Token& link) {
                    return link_page(change.session, change.address, name, link);
                })
                .transform_error(told_in_form);
        },
        why_on_users(visit));
}

Answer change_user_form(Site& site, const AdminVisit& admin)
{
    const auto& visit = admin.visit();
    const auto name = UserName::parse(value_of(visit.visit.form, "user"));
    if (!name)
        return why_on_users(visit)(site.database, name.error().message, 422);
    return with_password(
        site, visit,
        [change = change_of(site, visit), name = *name](Database& database) {
            return change_user(database, change, name).transform_error(told_in_form);
        },
        why_on_users(visit));
}

} // namespace left4me::web
