#include "web/router.hpp"

#include "accounts/layer_access.hpp"
#include "web/change_guard.hpp"
#include "web/change_notes.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"

#include <algorithm>

namespace left4me::web {
namespace {

/// The next part of a path, which goes from it.
std::string_view take_part(std::string_view& path)
{
    path.remove_prefix(1); // the '/'
    const auto end = std::min(path.find('/'), path.size());
    const auto part = path.substr(0, end);
    path.remove_prefix(end);
    return part;
}

bool is_form(const Request& request)
{
    constexpr std::string_view form = "application/x-www-form-urlencoded";
    const auto type = request.field("content-type").value_or("");
    return type == form || type.starts_with(std::string(form) + ";");
}

std::string_view cookie_of(const Request& request, CookieKind kind)
{
    const auto cookies = request.field("cookie").value_or("");
    return cookie_in(cookies, cookie_name(kind, request.secure)).value_or("");
}

/// The token that the form brings along is the one of its page: of the session or, where nobody
/// needs one, of the cookie that came with the form.
bool has_token(const Route& route, const Visit& visit)
{
    const auto given = value_of(visit.form, "token");
    if (!std::holds_alternative<OpenHandler>(route.handler))
        return visit.session && visit.session->is_csrf(given);
    return visit.before_sign_in && equal_in_constant_time(given, form_token(*visit.before_sign_in));
}

} // namespace

bool is_path_of(std::string_view pattern, std::string_view path, std::string_view& named)
{
    while (!pattern.empty() && !path.empty()) {
        const auto expected = take_part(pattern);
        const auto part = take_part(path);
        if (expected.starts_with('{'))
            named = part;
        else if (expected != part)
            return false;
    }
    return pattern.empty() && path.empty();
}

Answer Router::answer(const Request& request)
{
    std::string allowed;
    for (const auto& route : routes_) {
        std::string_view named;
        if (!is_path_of(route.path, request.path, named))
            continue;
        if ((route.method == Method::post) == (request.method == Method::post))
            return pass(route, request, named);
        allowed = route.method == Method::post ? "POST" : "GET, HEAD";
    }
    if (allowed.empty())
        return missing_page(std::nullopt);
    auto refusal = plain_answer(405);
    refusal.fields.push_back({"Allow", allowed});
    return refusal;
}

Answer Router::pass(const Route& route, const Request& request, std::string_view named)
{
    auto visit = visit_of(route, request);
    if (auto* refusal = std::get_if<Response>(&visit))
        return std::move(*refusal);
    const auto& known = std::get<Visit>(visit);
    if (route.method != Method::post)
        return call(route, known, named);
    auto note = note_of(site_.database, route, known, named);
    return noted(site_.database, call(route, known, named), std::move(note));
}

std::variant<Visit, Response> Router::visit_of(const Route& route, const Request& request)
{
    Visit visit = {.request = request, .form = {}, .session = {}, .before_sign_in = {}, .now = now_()};
    auto session = Sessions(site_.database).find(cookie_of(request, CookieKind::session), visit.now);
    if (!session)
        return trouble_page(session.error());
    visit.session = std::move(*session);
    if (auto token = Token::parse(cookie_of(request, CookieKind::before_sign_in)))
        visit.before_sign_in = std::make_shared<const Token>(std::move(*token));
    if (route.method != Method::post)
        return visit;

    if (!is_from_own_page(request))
        return refusal_page(visit.session, 403, "This came from another site, so nothing was done.");
    if (!is_form(request))
        return plain_answer(415);
    auto form = parse_form(request.body);
    if (!form)
        return plain_answer(400);
    visit.form = std::move(*form);
    if (!has_token(route, visit))
        return refusal_page(visit.session, 403,
                            "This page was too old, so nothing was done. Load it again and repeat.");
    return visit;
}

Answer Router::call(const Route& route, const Visit& visit, std::string_view named)
{
    if (const auto* open = std::get_if<OpenHandler>(&route.handler))
        return (*open)(site_, visit);
    if (!visit.session)
        return route.method == Method::post ? plain_answer(403) : see_other(Links::sign_in());
    const SignedVisit signed_visit = {.visit = visit, .session = *visit.session};
    if (const auto* handler = std::get_if<UserHandler>(&route.handler))
        return (*handler)(site_, signed_visit);

    if (const auto* handler = std::get_if<AdminHandler>(&route.handler))
        return visit.session->user.role == Role::admin ? (*handler)(site_, AdminVisit(signed_visit))
                                                       : Answer(missing_page(visit.session));

    if (const auto* handler = std::get_if<BuilderHandler>(&route.handler))
        return call_of_builder(*handler, signed_visit);
    if (std::holds_alternative<LayerHandler>(route.handler) ||
        std::holds_alternative<BuildHandler>(route.handler))
        return call_of_layer(route, signed_visit, named);

    if (const auto* handler = std::get_if<BlueprintHandler>(&route.handler))
        return call_of_blueprint(*handler, route.least, signed_visit, named);
    if (std::holds_alternative<JobHandler>(route.handler))
        return call_of_job(route, signed_visit, named);
    return call_of_servers(route, signed_visit, named);
}

Answer Router::call_of_blueprint(BlueprintHandler handler, ServerRight least, const SignedVisit& visit,
                                 std::string_view number)
{
    const auto& user = visit.session.user;
    auto found = Blueprints(site_.database).find(user, number);
    if (!found)
        return trouble_page(found.error());
    const bool may_change = *found && Blueprints::may_change(user, **found);
    if (!*found || (least == ServerRight::own && !may_change))
        return missing_page(visit.session);
    return handler(site_, visit, SeenBlueprint(std::move(**found), may_change));
}

Answer Router::call_of_builder(BuilderHandler handler, const SignedVisit& visit)
{
    return visit.session.user.may_build ? handler(site_, BuilderVisit(visit))
                                        : Answer(missing_page(visit.session));
}

Answer Router::call_of_layer(const Route& route, const SignedVisit& visit, std::string_view name)
{
    const auto& user = visit.session.user;
    const auto ref = layer_of_part(name);
    const auto* build = std::get_if<BuildHandler>(&route.handler);
    const bool may_change = ref && may_change_layer(user, *ref);
    if (!ref || !may_take_layer(user, *ref) || (route.least == ServerRight::own && !may_change) ||
        (build != nullptr && !(may_change && user.may_build)))
        return missing_page(visit.session);
    const SeenLayer layer(*ref, may_change);
    return build != nullptr ? (*build)(site_, BuilderVisit(visit), layer)
                            : std::get<LayerHandler>(route.handler)(site_, visit, layer);
}

Answer Router::call_of_job(const Route& route, const SignedVisit& visit, std::string_view number)
{
    auto found = JobHistory(site_.database).find(visit.session.user, number);
    if (!found)
        return trouble_page(found.error());
    if (!*found || (*found)->right < route.least)
        return missing_page(visit.session);
    return std::get<JobHandler>(route.handler)(site_, visit, SeenJob(std::move(**found)));
}

Result<std::optional<SeenServer>> Router::seen(const Route& route, const User& user,
                                               std::string_view name)
{
    const auto server = InstanceName::parse(name);
    if (!server)
        return std::nullopt;
    return ServerAccess(site_.database).right(user, *server).transform([&](const auto& right) {
        return right && *right >= route.least ? std::optional(SeenServer(*server, *right))
                                              : std::nullopt;
    });
}

Answer Router::call_of_servers(const Route& route, const SignedVisit& visit, std::string_view server)
{
    std::vector<std::string_view> names = {server};
    const auto* several = std::get_if<ServersHandler>(&route.handler);
    if (several != nullptr)
        names = named_servers(visit.visit.form);
    std::vector<SeenServer> servers;
    for (const auto name : names) {
        auto found = seen(route, visit.session.user, name);
        if (!found)
            return trouble_page(found.error());
        if (!*found)
            return missing_page(visit.session);
        servers.push_back(std::move(**found));
    }
    return several != nullptr ? (*several)(site_, visit, servers)
                              : std::get<ServerHandler>(route.handler)(site_, visit, servers.front());
}

} // namespace left4me::web
