#include "web/account_pages.hpp"

#include "accounts/password.hpp"
#include "accounts/second_factor.hpp"
#include "accounts/sign_in.hpp"
#include "accounts/users.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"
#include "web/password_again.hpp"
#include "web/qr_picture.hpp"

#include <functional>
#include <memory>

namespace left4me::web {
namespace {

Markup password_section(const Markup& token)
{
    return html(
        R"(<section><h2>Password</h2><p>A new one ends every session but this one.</p><form class="card" method="post" action="{}">{}{}
<label>New password <span class="hint">12 characters at least</span> <input name="new" type="password" autocomplete="new-password" required minlength="12" maxlength="1024"></label>
<label>The same again <input name="again" type="password" autocomplete="new-password" required minlength="12" maxlength="1024"></label>
<button class="main">Change password</button></form></section>)",
        Links::password(), token, password_field());
}

Markup second_factor_section(const User& user, std::int64_t codes_left, const Markup& token)
{
    if (!user.has_second_factor)
        return html(
            R"(<section><h2>Second factor</h2><p>Off. With one, signing in also takes a code of an authenticator app.</p><form class="card" method="post" action="{}">{}{}<button class="main">Set up</button></form></section>)",
            Links::second_factor(), token, password_field());
    return html(
        R"(<section><h2>Second factor</h2><p>On. {} of {} recovery codes are left.</p><form class="card" method="post" action="{}">{}{}<button>Switch off</button></form></section>)",
        codes_left, recovery_code_count, Links::no_second_factor(), token, password_field());
}

Markup session_row(const ListedSession& listed, const WebSession& session, const Markup& token)
{
    const bool own = listed.number == session.id.number();
    const auto end =
        own ? html("{}", "This one")
            : html(
                  R"(<form method="post" action="{}">{}<button name="session" value="{}">End</button></form>)",
                  Links::end_session(), token, listed.number);
    return html(
        R"(<tr><th scope="row" data-label="Browser">{}</th><td data-label="Address">{}</td><td data-label="Since">{}</td><td data-label="Last seen">{}</td><td>{}</td></tr>)",
        listed.agent.empty() ? "Unknown" : listed.agent, listed.address, moment(listed.created),
        moment(listed.seen), end);
}

Markup sessions_section(const std::vector<ListedSession>& sessions, const WebSession& session,
                        const Markup& token)
{
    Markup rows;
    for (const auto& listed : sessions)
        rows += session_row(listed, session, token);
    const auto others =
        sessions.size() < 2
            ? Markup()
            : html(R"(<form method="post" action="{}">{}<button>End all others</button></form>)",
                   Links::end_other_sessions(), token);
    return html(
        R"(<section><h2>Signed in</h2><table class="list"><thead><tr><th scope="col">Browser</th><th scope="col">Address</th><th scope="col">Since</th><th scope="col">Last seen</th><th scope="col"><span class="unseen">End it</span></th></tr></thead><tbody>{}</tbody></table>{}</section>)",
        rows, others);
}

Response account_response(Database& database, const WebSession& session, AccountTime now,
                          const Markup& told, unsigned status = 200)
{
    const auto sessions = Sessions(database).list(session.user.id, now);
    const auto codes_left = SecondFactors(database).recovery_codes_left(session.user.id);
    for (const auto* error :
         {sessions ? nullptr : &sessions.error(), codes_left ? nullptr : &codes_left.error()})
        if (error != nullptr)
            return trouble_page(*error);
    const auto token = token_field(session.csrf);
    return page({.title = "Your account", .session = &session},
                html(R"(<h1>Your account</h1><p class="answer">{}, {}</p>{}{}{}{})",
                     session.user.name.str(), role_word(session.user.role), told,
                     password_section(token), second_factor_section(session.user, *codes_left, token),
                     sessions_section(*sessions, session, token)),
                status);
}

constexpr std::array<Done, 4> account_changes = {{
    {"password", "Your password is changed. All other sessions have ended."},
    {"no-second-factor", "The second factor is switched off."},
    {"session", "That session has ended."},
    {"sessions", "All other sessions have ended."},
}};

/// The page with why a form did nothing.
RefusedPage why_on_account(const SignedVisit& visit)
{
    return [session = visit.session, now = visit.visit.now](Database& database, std::string_view why,
                                                            unsigned status) {
        return account_response(database, session, now, message(why), status);
    };
}

/// What a new password's work on the pool knows of its visit, which is gone by then.
struct NewPassword {
    UserId user;
    Client client;
    AccountTime now;
    bool secure;
    Secret password;
};

Result<Response> change_password(Database& database, const NewPassword& fresh)
{
    return Users(database)
        .set_password(fresh.user, fresh.password)
        .and_then([&] { return Sessions(database).start(fresh.user, fresh.client, fresh.now); })
        .transform([&](const NewSession& session) {
            auto response = see_other(Links::account("password"));
            response.fields.push_back(
                set_cookie(CookieKind::session, fresh.secure, session.cookie.reveal()));
            return response;
        });
}

// --- the second factor ------------------------------------------------------------------------

Markup code_form(const WebSession& session)
{
    return html(
        R"(<form class="card" method="post" action="{}">{}<label>The code that it shows now <input name="code" autocomplete="one-time-code" inputmode="numeric" required maxlength="32"></label><button class="main">Switch on</button></form><p><a href="{}">Leave it off</a></p>)",
        Links::second_factor_code(), token_field(session.csrf), Links::account());
}

/// The key in an otpauth address, for whoever types it.
std::string_view key_in(std::string_view address)
{
    constexpr std::string_view before = "secret=";
    const auto key = address.substr(address.find(before) + before.size());
    return key.substr(0, key.find('&'));
}

Result<Response> show_key(Database& database, const WebSession& session)
{
    const auto address = SecondFactors(database).begin(session.user);
    if (!address)
        return std::unexpected(address.error());
    return qr_picture(address->reveal()).transform([&](const Markup& picture) {
        return page(
            {.title = "Second factor", .session = &session},
            html(
                R"(<h1>Second factor</h1><ol class="steps"><li>Have your authenticator app read this:{}<p>or type the key: <code class="copy">{}</code></p></li><li>Give one of its codes:{}</li></ol>)",
                picture, key_in(address->reveal()), code_form(session)));
    });
}

Response codes_page(const WebSession& session, const std::vector<std::string>& codes)
{
    Markup items;
    for (const auto& code : codes)
        items += html("<li><code>{}</code></li>", code);
    return page(
        {.title = "Recovery codes", .session = &session},
        html(
            R"(<h1>Recovery codes</h1><p class="message done" role="alert">The second factor is on.</p><p>Each of these signs you in once without the app. They are not shown again: keep them where you keep passwords.</p><ul class="codes">{}</ul><p><a href="{}">They are kept</a></p>)",
            items, Links::account()));
}

} // namespace

Answer account_page(Site& site, const SignedVisit& visit)
{
    return account_response(site.database, visit.session, visit.visit.now,
                            done_message(visit.visit.request, account_changes));
}

Answer password_form(Site& site, const SignedVisit& visit)
{
    const auto refuse = [&](std::string_view why) {
        return account_response(site.database, visit.session, visit.visit.now, message(why), 422);
    };
    const auto& form = visit.visit.form;
    auto fresh = std::make_shared<const NewPassword>(visit.session.user.id, visit.visit.client(),
                                                     visit.visit.now, visit.visit.request.secure,
                                                     Secret(std::string(value_of(form, "new"))));
    if (fresh->password.reveal() != value_of(form, "again"))
        return refuse("The two new passwords are not the same. Nothing was changed.");
    if (const auto fits = check_new_password(fresh->password); !fits)
        return refuse(fits.error().message);
    return with_password(
        site, visit,
        [fresh = std::move(fresh)](Database& database) { return change_password(database, *fresh); },
        why_on_account(visit));
}

Answer second_factor_form(Site& site, const SignedVisit& visit)
{
    if (visit.session.user.has_second_factor)
        return see_other(Links::account());
    return with_password(
        site, visit,
        [session = visit.session](Database& database) { return show_key(database, session); },
        why_on_account(visit));
}

Answer second_factor_code_form(Site& site, const SignedVisit& visit)
{
    const auto codes =
        SecondFactors(site.database)
            .confirm(visit.session.user, value_of(visit.visit.form, "code"), visit.visit.now);
    if (codes)
        return codes_page(visit.session, *codes);
    if (codes.error().status != ExitStatus::bad_data)
        return trouble_page(codes.error());
    return page(
        {.title = "Second factor", .session = &visit.session},
        html(R"(<h1>Second factor</h1>{}{})", message(codes.error().message), code_form(visit.session)),
        422);
}

Answer no_second_factor_form(Site& site, const SignedVisit& visit)
{
    return with_password(
        site, visit,
        [user = visit.session.user.id](Database& database) {
            return SecondFactors(database).remove(user).transform(
                [] { return see_other(Links::account("no-second-factor")); });
        },
        why_on_account(visit));
}

Answer end_session_form(Site& site, const SignedVisit& visit)
{
    const auto number = parse_number<std::int64_t>(value_of(visit.visit.form, "session"));
    const auto ended = Sessions(site.database).end_one(visit.session.user.id, number.value_or(0));
    if (!ended)
        return trouble_page(ended.error());
    return see_other(Links::account("session"));
}

Answer end_other_sessions_form(Site& site, const SignedVisit& visit)
{
    const auto ended = Sessions(site.database).end_others(visit.session);
    return ended ? see_other(Links::account("sessions")) : trouble_page(ended.error());
}

} // namespace left4me::web
