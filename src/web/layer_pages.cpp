#include "web/layer_pages.hpp"

#include "accounts/jobs.hpp"
#include "accounts/layer_access.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/layer_verbs.hpp"
#include "web/frame.hpp"
#include "web/gathered_warnings.hpp"
#include "web/job_parts.hpp"
#include "web/layer_forms.hpp"
#include "web/links.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

namespace left4me::web {
namespace {

// --- all of them ------------------------------------------------------------------------------

/// "version 3, by import", "build failed: status 1".
std::string told_of(const LayerChangeRecord& change)
{
    if (!change.problem.empty())
        return formatted("{} failed: {}", change.how, change.problem);
    return change.version ? formatted("version {}, by {}", *change.version, change.how)
                          : formatted("{} changed nothing", change.how);
}

Markup change_line(const std::optional<LayerChangeRecord>& change)
{
    if (!change)
        return html("{}", "by hand");
    return html(R"(<span class="{}">{}</span> {})", change->problem.empty() ? "" : "bad",
                told_of(*change), moment(change->when));
}

Markup layer_row(const LayerOutline& layer)
{
    return html(
        R"(<tr><th scope="row" data-label="Layer"><a href="{}">{}</a></th><td data-label="Version">{}{}</td><td data-label="Last change">{}</td></tr>)",
        Links::layer(layer.ref), layer.ref.str(), layer.version,
        layer.daily ? html(" {}", "daily") : Markup(), change_line(layer.last));
}

Markup layers_table(const std::vector<LayerOutline>& layers)
{
    if (layers.empty())
        return html(
            R"(<div class="empty"><p>There is no layer yet. It holds what is put over the game: maps, plugins, settings. On the host, <code>{}</code> makes one of an archive.</p></div>)",
            "sudo l4d2ctl overlay import NAME FILE");
    Markup rows;
    for (const auto& layer : layers)
        rows += layer_row(layer);
    return html(
        R"(<table class="list"><thead><tr><th scope="col">Layer</th><th scope="col">Version</th><th scope="col">Last change</th></tr></thead><tbody>{}</tbody></table>)",
        rows);
}

Response layers_response(const Host& host, const WebSession& session)
{
    GatheredWarnings warnings;
    auto layers = outline_layers(host, warnings);
    if (!layers)
        return trouble_page(layers.error());
    std::erase_if(layers->items,
                  [&](const LayerOutline& layer) { return !may_take_layer(session.user, layer.ref); });
    // What is wrong with others' layers is not theirs to read.
    const auto told = session.user.role == Role::admin ? lines_list(warnings.all, "warnings") : Markup();
    const auto way = session.user.may_build ? html(R"(<p><a class="button" href="{}">New layer</a></p>)",
                                                   Links::new_layer())
                                            : Markup();
    return page({.title = "Layers", .session = &session},
                html("<h1>Layers</h1>{}{}{}", told, layers_table(layers->items), way));
}

// --- one of them --------------------------------------------------------------------------------

/// What a page of one needs of its visit, which is gone by then.
struct LayerView {
    WebSession session;
    LayerRef ref;
    bool may_change;
    std::map<InstanceName, ServerRight> servers; ///< that they may see
    std::optional<Job> job = {};                 ///< the last one, of who may change it
    std::optional<LayerScript> script = {};      ///< the last one, of who may build it

    [[nodiscard]] bool may_build() const { return may_change && session.user.may_build; }

    [[nodiscard]] bool sees(const InstanceName& server) const
    {
        return session.user.role == Role::admin || servers.contains(server);
    }
};

Markup facts_of(const LayerState& layer)
{
    auto facts = fact("Version", formatted("{}", layer.version));
    facts += fact("Size", formatted("{}, {} {}", human_bytes(layer.size.bytes), layer.size.files,
                                    layer.size.files == 1 ? "file" : "files"));
    facts += fact("Older versions that are kept",
                  layer.kept.empty() ? "none" : join(layer.kept, ", ", [](std::uint64_t version) {
                      return formatted("{}", version);
                  }));
    facts += fact("Made anew each day", layer.daily ? "yes" : "no");
    return html(R"(<dl class="facts">{}</dl>)", facts);
}

std::string told_of(const LayerUser& user)
{
    if (!user.mounted)
        return "at its next start";
    return formatted("runs on version {}{}", *user.mounted,
                     user.current ? "" : ": restart to apply the new one");
}

Markup users_section(const LayerView& view, const LayerState& layer)
{
    Markup items;
    std::size_t others = 0;
    for (const auto& user : layer.users) {
        if (view.sees(user.server))
            items += html(R"(<li><a href="{}">{}</a>: {}</li>)", Links::server(user.server),
                          user.server.str(), told_of(user));
        else
            ++others;
    }
    if (others > 0)
        items += html("<li>{} of others</li>", others);
    return html(R"(<h2>Servers with it</h2>{})", layer.users.empty()
                                                     ? html("<p>No server has it.</p>")
                                                     : html(R"(<ul class="layers">{}</ul>)", items));
}

Markup history_section(const LayerHistory& history)
{
    constexpr std::ptrdiff_t most = 20;
    if (history.empty())
        return {};
    Markup rows;
    for (const auto& change : history | std::views::reverse | std::views::take(most))
        rows += html(
            R"(<tr><td data-label="When">{}</td><td data-label="What">{}</td><td data-label="Took">{} s</td></tr>)",
            moment(change.when), told_of(change),
            std::chrono::ceil<std::chrono::seconds>(change.duration).count());
    return html(
        R"(<h2>History</h2><table class="list"><thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Took</th></tr></thead><tbody>{}</tbody></table>)",
        rows);
}

Markup job_part(const Host& host, const LayerView& view)
{
    return view.job ? last_job_part(host, *view.job, true, token_field(view.session.csrf)) : Markup();
}

Markup build_part(const LayerView& view)
{
    return view.may_build() ? build_section(view.ref, view.script.value_or(LayerScript()),
                                            token_field(view.session.csrf))
                            : Markup();
}

/// What is asked for may be the first that there is of it.
Response response_without_layer(const Host& host, const LayerView& view, const Error& why)
{
    if (why.status != ExitStatus::not_found)
        return trouble_page(why);
    if (!view.job)
        return missing_page(view.session);
    return page(
        {.title = view.ref.str(), .session = &view.session},
        html(
            R"(<p class="way"><a href="{}">Layers</a></p><h1>{}</h1><div data-fresh="layer"><p class="answer">There is no such layer now.</p>{}</div>{})",
            Links::layers(), view.ref.str(), job_part(host, view), build_part(view)));
}

Response layer_response(const Host& host, const LayerView& view)
{
    const auto layer = show_layer(host, view.ref);
    const auto past = layer.and_then([&](const LayerState&) { return layer_past(host, view.ref); });
    if (!past)
        return response_without_layer(host, view, past.error());
    const auto change = view.may_change ? change_section(*layer, view.session.user.may_build,
                                                         token_field(view.session.csrf))
                                        : Markup();
    return page(
        {.title = view.ref.str(), .session = &view.session},
        html(
            R"(<p class="way"><a href="{}">Layers</a></p><h1>{}</h1><div data-fresh="layer"><p class="answer">{}</p>{}{}{}{}</div>{}{})",
            Links::layers(), view.ref.str(), change_line(layer->last), job_part(host, view),
            facts_of(*layer), users_section(view, *layer), history_section(past->history),
            build_part(view), change));
}

} // namespace

Answer layers_page(Site& site, const SignedVisit& visit)
{
    return Work{
        [host = site.host, session = visit.session] { return giving(layers_response(host, session)); }};
}

Answer layer_page(Site& site, const SignedVisit& visit, const SeenLayer& layer)
{
    auto servers = ServerAccess(site.database).rights_of(visit.session.user);
    if (!servers)
        return trouble_page(servers.error());
    LayerView view = {.session = visit.session,
                      .ref = layer.ref(),
                      .may_change = layer.may_change(),
                      .servers = std::move(*servers)};
    Jobs jobs(site.database);
    auto job = view.may_change ? jobs.last(view.ref) : Result<std::optional<Job>>(std::nullopt);
    auto script =
        view.may_build() ? jobs.last_script(view.ref) : Result<std::optional<LayerScript>>(std::nullopt);
    if (!job || !script)
        return trouble_page(!job ? job.error() : script.error());
    view.job = std::move(*job);
    view.script = std::move(*script);
    return Work{
        [host = site.host, view = std::move(view)] { return giving(layer_response(host, view)); }};
}

} // namespace left4me::web
