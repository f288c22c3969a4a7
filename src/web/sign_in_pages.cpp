#include "web/sign_in_pages.hpp"

#include "accounts/password.hpp"
#include "accounts/sign_in.hpp"
#include "accounts/users.hpp"
#include "system/format.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"

#include <functional>
#include <memory>

namespace left4me::web {
namespace {

/// A page with a form that nobody has to be signed in for: it brings the cookie along that its
/// token follows from.
Response form_page(const Visit& visit, std::string_view title,
                   const std::function<Markup(const Markup& token)>& form, unsigned status)
{
    if (visit.before_sign_in)
        return page({.title = title}, form(token_field(form_token(*visit.before_sign_in))), status);
    const auto cookie = Token::make();
    if (!cookie)
        return trouble_page(cookie.error());
    auto response = page({.title = title}, form(token_field(form_token(*cookie))), status);
    response.fields.push_back(
        set_cookie(CookieKind::before_sign_in, visit.request.secure, cookie->text().reveal()));
    return response;
}

Response sign_in_response(const Visit& visit, std::string_view why, unsigned status)
{
    return form_page(
        visit, "Sign in",
        [&](const Markup& token) {
            return html(
                R"(<h1>Sign in</h1>{}<form class="card" method="post" action="{}">{}
<label>Name <input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="32" autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required maxlength="1024"></label>
<label>Code <span class="hint">if you have set one up</span> <input name="code" autocomplete="one-time-code" inputmode="numeric" maxlength="32"></label>
<button class="main">Sign in</button></form>)",
                message(why, status == 200), Links::sign_in(), token);
        },
        status);
}

Response welcome_response(const Visit& visit, std::string_view why, std::string_view link,
                          unsigned status)
{
    return form_page(
        visit, "Welcome",
        [&](const Markup& token) {
            return html(
                R"(<h1>Welcome</h1><p>Choose the password that you will sign in with.</p>{}<form class="card" method="post" action="{}">{}
<label>Your link <input name="link" value="{}" autocomplete="off" spellcheck="false" required maxlength="512"></label>
<label>Password <span class="hint">12 characters at least</span> <input name="password" type="password" autocomplete="new-password" required minlength="12" maxlength="1024"></label>
<label>The same again <input name="again" type="password" autocomplete="new-password" required minlength="12" maxlength="1024"></label>
<button class="main">Set password</button></form>)",
                message(why, status == 200), Links::welcome(), token, link);
        },
        status);
}

/// What a form's work on the pool knows of its visit, which is gone by then.
struct KeptVisit {
    Request request;
    std::shared_ptr<const Token> before_sign_in;
    AccountTime now;

    explicit KeptVisit(const Visit& visit)
        : request(visit.request), before_sign_in(visit.before_sign_in), now(visit.now)
    {
        request.body.clear(); // it has a password
    }
    [[nodiscard]] Visit visit() const
    {
        return {
            .request = request, .form = {}, .session = {}, .before_sign_in = before_sign_in, .now = now};
    }
};

Response signed_in(const Visit& visit, const NewSession& session)
{
    auto response = see_other(Links::servers());
    const bool secure = visit.request.secure;
    response.fields.push_back(set_cookie(CookieKind::session, secure, session.cookie.reveal()));
    response.fields.push_back(set_cookie(CookieKind::before_sign_in, secure, ""));
    return response;
}

Response refused(const Visit& visit, const Refused& refusal)
{
    if (!refusal.retry_after)
        return sign_in_response(visit, "Name, password or code is wrong.", 422);
    const auto seconds = refusal.retry_after->count();
    auto response =
        sign_in_response(visit, formatted("Too many tries. Try again in {} seconds.", seconds), 429);
    response.fields.push_back({"Retry-After", formatted("{}", seconds)});
    return response;
}

} // namespace

Answer sign_in_page(Site& /*site*/, const Visit& visit)
{
    if (visit.session)
        return see_other(Links::servers());
    return sign_in_response(visit, "", 200);
}

Answer sign_in_form(Site& site, const Visit& visit)
{
    // Shared, for functions are copied and secrets are not.
    const auto form = std::make_shared<SignInForm>(std::string(value_of(visit.form, "name")),
                                                   Secret(std::string(value_of(visit.form, "password"))),
                                                   std::string(value_of(visit.form, "code")));
    return Work{[open = site.open_database, kept = KeptVisit(visit), client = visit.client(), form] {
        const auto then = kept.visit();
        auto outcome = open().and_then(
            [&](Database database) { return sign_in(database, *form, client, kept.now); });
        if (!outcome)
            return giving(trouble_page(outcome.error()));
        if (const auto* refusal = std::get_if<Refused>(&*outcome))
            return giving(refused(then, *refusal));
        return giving(signed_in(then, std::get<NewSession>(*outcome)));
    }};
}

Answer welcome_page(Site& /*site*/, const Visit& visit)
{
    return welcome_response(visit, "", "", 200);
}

Answer welcome_form(Site& site, const Visit& visit)
{
    const auto link = value_of(visit.form, "link");
    const auto password = std::make_shared<Secret>(std::string(value_of(visit.form, "password")));
    auto token = Token::parse_link(link);
    if (password->reveal() != value_of(visit.form, "again"))
        return welcome_response(visit, "The two passwords are not the same.", link, 422);
    if (const auto fits = check_new_password(*password); !fits)
        return welcome_response(visit, fits.error().message, link, 422);
    constexpr const char* no_link =
        "This link is not good any more. Ask an administrator for a new one.";
    if (!token)
        return welcome_response(visit, no_link, "", 422);
    return Work{[open = site.open_database, kept = KeptVisit(visit),
                 token = std::make_shared<Token>(std::move(*token)), password] {
        const auto then = kept.visit();
        const auto user = open().and_then(
            [&](Database database) { return Users(database).accept_link(*token, *password, kept.now); });
        if (!user)
            return giving(trouble_page(user.error()));
        return giving(*user ? sign_in_response(then,
                                               formatted("Your password is set, {}. Sign in with it.",
                                                         (*user)->name.str()),
                                               200)
                            : welcome_response(then, no_link, "", 422));
    }};
}

Answer sign_out_form(Site& site, const SignedVisit& visit)
{
    if (const auto ended = Sessions(site.database).end(visit.session); !ended)
        return trouble_page(ended.error());
    auto response = see_other(Links::sign_in());
    response.fields.push_back(set_cookie(CookieKind::session, visit.visit.request.secure, ""));
    // Pages that the browser kept are not to be seen by whoever goes back.
    response.fields.push_back({"Clear-Site-Data", "\"cache\""});
    return response;
}

} // namespace left4me::web
