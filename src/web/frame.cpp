#include "web/frame.hpp"

#include "system/format.hpp"
#include "system/service_log.hpp"
#include "web/links.hpp"
#include "web/request_values.hpp"

#include <algorithm>

namespace left4me::web {
namespace {

/// The page that one is on is marked in the bar.
Markup bar_link(const Url& to, std::string_view name, const Frame& frame)
{
    return frame.title == name ? html(R"(<a class="who" href="{}" aria-current="page">{}</a>)", to, name)
                               : html(R"(<a class="who" href="{}">{}</a>)", to, name);
}

Markup bar(const Frame& frame)
{
    const auto* session = frame.session;
    if (session == nullptr)
        return {};
    auto links = bar_link(Links::servers(), "Servers", frame);
    links += bar_link(Links::blueprints(), "Blueprints", frame);
    links += bar_link(Links::layers(), "Layers", frame);
    links += bar_link(Links::jobs(), "Jobs", frame);
    if (session->user.role == Role::admin) {
        links += bar_link(Links::host(), "Host", frame);
        links += bar_link(Links::users(), "Users", frame);
        links += bar_link(Links::audit(), "Audit", frame);
    }
    links += bar_link(Links::account(), session->user.name.str(), frame);
    return html(
        R"(<nav aria-label="Pages">{}<form method="post" action="{}">{}<button class="quiet">Sign out</button></form></nav>)",
        links, Links::sign_out(), token_field(session->csrf));
}

const WebSession* in(const std::optional<WebSession>& session)
{
    return session ? &*session : nullptr;
}

} // namespace

Response page(const Frame& frame, const Markup& main, unsigned status)
{
    const auto text = html(R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{} – left4me</title>
<link rel="icon" href="{}" type="image/svg+xml">
<link rel="stylesheet" href="{}">
<script src="{}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><a class="brand" href="{}">left4me</a>{}</header>
<main id="main">{}</main>
</body>
</html>
)",
                           frame.title, Links::icon(), Links::style(), Links::script(), Links::servers(),
                           bar(frame), main);
    return {
        .status = status, .fields = {{"Content-Type", "text/html; charset=utf-8"}}, .body = text.str()};
}

Markup message(std::string_view text, bool good)
{
    return text.empty() ? Markup()
                        : html(R"(<p class="message {}" role="alert">{}</p>)", good ? "done" : "", text);
}

Markup done_message(const Request& request, std::span<const Done> all)
{
    const auto form = parse_query(request.query);
    const auto found = std::ranges::find(all, value_of(form, Links::done), &Done::word);
    return found == all.end() ? Markup() : message(found->text, true);
}

Markup password_field()
{
    return html(
        R"(<label>Your password <input name="password" type="password" autocomplete="current-password" required maxlength="1024"></label>)");
}

Markup moment(AccountTime time)
{
    const std::chrono::microseconds since_epoch = time.time_since_epoch();
    return html(R"(<time datetime="{}">{}</time>)", rfc3339(since_epoch), local_minute(since_epoch));
}

Markup fact(std::string_view name, const Markup& value)
{
    return html("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
}

Markup fact(std::string_view name, std::string_view value)
{
    return fact(name, html("{}", value));
}

Markup lines_list(const std::vector<std::string>& lines, std::string_view kind)
{
    if (lines.empty())
        return {};
    Markup items;
    for (const auto& line : lines)
        items += html("<li>{}</li>", line);
    return html(R"(<ul class="{}">{}</ul>)", kind, items);
}

Markup token_field(std::string_view token)
{
    return html(R"(<input type="hidden" name="token" value="{}">)", token);
}

std::string form_token(const Token& cookie)
{
    return cookie.derived("form before sign-in");
}

Response see_other(const Url& url)
{
    return {.status = 303, .fields = {{"Location", url.str()}}, .body = {}};
}

Response refusal_page(const std::optional<WebSession>& session, unsigned status, std::string_view why)
{
    return page({.title = "Not done", .session = in(session)},
                html(R"(<h1>Not done</h1><p>{}</p><p><a href="{}">To your servers</a></p>)", why,
                     Links::servers()),
                status);
}

Response missing_page(const std::optional<WebSession>& session)
{
    return page(
        {.title = "Not found", .session = in(session)},
        html(
            R"(<h1>Not found</h1><p>There is nothing here, or it is not yours to see.</p><p><a href="{}">To your servers</a></p>)",
            Links::servers()),
        404);
}

Response trouble_page(const Error& error)
{
    log_line(error.message);
    const bool passes = error.status == ExitStatus::busy || error.status == ExitStatus::unavailable;
    auto answer = page({.title = "Out of order"},
                       html(R"(<h1>Out of order</h1><p>{}</p><p><a href="{}">Try again</a></p>)",
                            passes ? "The host is busy. Nothing was done."
                                   : "Something is wrong on the host. Its administrator finds the "
                                     "reason in the journal of left4me-web.",
                            Links::servers()),
                       passes ? 503 : 500);
    if (passes)
        answer.fields.push_back({"Retry-After", "5"});
    return answer;
}

std::function<Answer()> giving(Response response)
{
    return [response = std::move(response)]() -> Answer { return response; };
}

} // namespace left4me::web
