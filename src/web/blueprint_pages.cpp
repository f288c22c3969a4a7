#include "web/blueprint_pages.hpp"

#include "accounts/layer_access.hpp"
#include "accounts/linked_servers.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/known_names.hpp"
#include "web/frame.hpp"
#include "web/layer_order.hpp"
#include "web/links.hpp"

#include <array>
#include <utility>

namespace left4me::web {
namespace {

// --- all of them --------------------------------------------------------------------------------

Markup blueprint_row(const KnownBlueprint& known, const User& user)
{
    const bool own = known.owner == user.id;
    return html(
        R"(<tr><th scope="row" data-label="Blueprint"><a href="{}">{}</a></th><td data-label="Owner">{}</td><td data-label="Seen by">{}</td><td data-label="Changed">{}</td></tr>)",
        Links::blueprint(known.id), known.name, own ? "you" : known.owner_name.str(),
        known.shared ? "everybody" : "its owner", moment(known.changed));
}

Markup blueprints_table(const std::vector<KnownBlueprint>& all, const User& user)
{
    if (all.empty())
        return html(
            R"(<div class="empty"><p>There is no blueprint yet. It says what a server is made of: its layers, the game's arguments, and the lines of server.cfg. Many servers can be made of one, and follow it.</p></div>)");
    Markup rows;
    for (const auto& known : all)
        rows += blueprint_row(known, user);
    return html(
        R"(<table class="list"><thead><tr><th scope="col">Blueprint</th><th scope="col">Owner</th><th scope="col">Seen by</th><th scope="col">Changed</th></tr></thead><tbody>{}</tbody></table>)",
        rows);
}

constexpr std::array<Done, 3> blueprint_changes = {{
    {"saved", "It is saved. Servers that are made of it follow at their next start."},
    {"added", "It is saved. Servers can be made of it now."},
    {"deleted", "The blueprint is deleted."},
}};

// --- one of them --------------------------------------------------------------------------------

/// What stands in a form: as it is kept, or as somebody sent it.
struct Typed {
    std::string name;
    bool shared = false;
    BlueprintText text;
};

Typed typed_in(const Form& form)
{
    const auto field = [&](std::string_view name) { return std::string(value_of(form, name)); };
    return {.name = field("name"),
            .shared = value_of(form, "shared") == "yes",
            .text = {.layers = field("layers"),
                     .hide = field("hide"),
                     .arguments = field("arguments"),
                     .config = field("config")}};
}

Typed typed_of(const KnownBlueprint& known)
{
    return {.name = known.name, .shared = known.shared, .text = known.text};
}

/// What a page of one needs of its visit, which is gone by then.
struct BlueprintView {
    WebSession session;
    std::optional<KnownBlueprint> known; ///< none: a new one
    Typed typed;
    Markup told; ///< what became of a form
    std::vector<LinkedServer> servers = {}; ///< that are made of it, of their owner's

    [[nodiscard]] UserId owner() const { return known ? known->owner : session.user.id; }
};

Markup layer_choice(const std::vector<std::string>& layers)
{
    if (layers.empty())
        return html(R"(<p class="hint">There is no layer on this host that you may take.</p>)");
    Markup items;
    for (const auto& layer : layers)
        items += html(R"(<li data-add="{}"><code>{}</code></li>)", layer, layer);
    return html(R"(<p class="hint">Layers that there are:</p><ul class="choices">{}</ul>)", items);
}

/// The layers with buttons that move them: forms' own, which leave all that is typed in its place. A
/// script does the same where there is one, by drag, too.
Markup layer_order(const std::string& text)
{
    constexpr std::size_t most = 40; // of more, the field alone
    const auto lines = layer_lines(text);
    Markup items;
    for (const auto& [ref, alias] : lines) {
        Markup buttons;
        for (const auto& [word, label] :
             {std::pair("up", "Up"), std::pair("down", "Down"), std::pair("remove", "Leave out")})
            buttons += html(
                R"(<button name="move" value="{} {}" formnovalidate aria-label="{}: {}">{}</button>)",
                word, ref, label, ref, label);
        items +=
            html(R"(<li><code>{} {}</code><span class="levers">{}</span></li>)", ref, alias, buttons);
    }
    return html(
        R"(<ol class="order" aria-label="Layers, the topmost first">{}</ol><p class="unseen" role="status" data-moved=""></p>)",
        lines.size() > most ? Markup() : items);
}

Markup shared_box(bool shared)
{
    const auto box = shared ? html(R"(<input type="checkbox" name="shared" value="yes" checked>)")
                            : html(R"(<input type="checkbox" name="shared" value="yes">)");
    return html(
        R"(<label class="choice">{} Everybody here may see it, and make one of their own of it</label>)",
        box);
}

Markup edit_form(const BlueprintView& view, const std::vector<std::string>& layers)
{
    const auto& [name, shared, text] = view.typed;
    const auto target = view.known ? Links::blueprint(view.known->id) : Links::blueprints();
    const auto version = view.known ? view.known->version : 0;
    const auto first = html(
        R"(<label>Name <input name="name" value="{}" autocomplete="off" required maxlength="64"></label>
<label>Layers <span class="hint">one a line, the topmost first; behind it, if you like, an alias: its server.cfg becomes server_ALIAS.cfg, too</span><textarea name="layers" rows="5" spellcheck="false">
{}</textarea></label>{}{})",
        name, text.layers, layer_order(text.layers), layer_choice(layers));
    const auto second = html(
        R"(<label>Arguments <span class="hint">of the game: +map c1m1_hotel -tickrate 60</span><textarea name="arguments" rows="3" spellcheck="false">
{}</textarea></label>
<label>Configuration <span class="hint">the lines of server.cfg; rcon_password is each server's own</span><textarea name="config" rows="14" spellcheck="false">
{}</textarea></label>
<label>Hidden files <span class="hint">of the layers: a path in the game's tree a line, left4dead2/addons/map.vpk</span><textarea name="hide" rows="2" spellcheck="false">
{}</textarea></label>)",
        text.arguments, text.config, text.hide);
    return html(
        // The first button is what the Enter key presses.
        R"(<form class="card wide" method="post" action="{}"><button hidden>Save</button>{}<input type="hidden" name="version" value="{}">{}{}{}<button class="main">Save</button></form>)",
        target, token_field(view.session.csrf), version, first, second, shared_box(shared));
}

Markup read_part(std::string_view name, const std::string& text)
{
    return text.empty() ? Markup()
                        : html(R"(<h2>{}</h2><pre class="said">
{}</pre>)",
                               name, text);
}

Markup read_only(const BlueprintText& text)
{
    auto parts = read_part("Layers", text.layers);
    parts += read_part("Arguments", text.arguments);
    parts += read_part("Configuration", text.config);
    parts += read_part("Hidden files", text.hide);
    return parts;
}

Markup clone_form(const BlueprintView& view)
{
    return html(
        R"(<h2>Make another of it</h2><form class="card" method="post" action="{}">{}<label>Name of the new one <input name="name" value="{}" autocomplete="off" required maxlength="64"></label><button>Clone</button></form>)",
        Links::clone(view.known->id), token_field(view.session.csrf), view.known->name + " 2");
}

Markup delete_form(const BlueprintView& view)
{
    return html(
        R"(<h2>Delete it</h2><form class="card" method="post" action="{}">{}<label>Its name, once more <input name="name" autocomplete="off" required maxlength="64"></label><button class="danger">Delete</button></form>)",
        Links::delete_blueprint(view.known->id), token_field(view.session.csrf));
}

Markup made_servers(const BlueprintView& view)
{
    Markup items;
    for (const auto& server : view.servers)
        items += html(R"(<li><a href="{}">{}</a></li>)", Links::server(server.name), server.name.str());
    const auto servers = view.servers.empty() ? html("<p>There is none yet.</p>")
                                              : html(R"(<ul class="layers">{}</ul>)", items);
    const auto more = view.known->owner == view.session.user.id
                          ? html(R"(<p><a class="button" href="{}">New server</a></p>)",
                                 Links::new_server(view.known->id))
                          : Markup();
    return html("<h2>Servers of it</h2>{}{}", servers, more);
}

Response blueprint_response(const BlueprintView& view, const std::vector<std::string>& layers,
                            unsigned status = 200)
{
    const auto title = view.known ? view.known->name : "New blueprint";
    const bool may_change = !view.known || Blueprints::may_change(view.session.user, *view.known);
    auto content =
        may_change ? edit_form(view, layers_for(view.owner(), layers)) : read_only(view.known->text);
    if (view.known && may_change)
        content += made_servers(view);
    if (view.known)
        content += clone_form(view);
    if (view.known && may_change)
        content += delete_form(view);
    const auto whose = view.known && view.known->owner != view.session.user.id
                           ? html(R"(<p class="answer">of {}</p>)", view.known->owner_name.str())
                           : Markup();
    return page({.title = title, .session = &view.session},
                html(R"(<p class="way"><a href="{}">Blueprints</a></p><h1>{}</h1>{}{}{})",
                     Links::blueprints(), title, whose, view.told, content),
                status);
}

/// The layers that there are are read on the pool.
Answer shown(const Site& site, BlueprintView view)
{
    return Work{[host = site.host, view = std::move(view)] {
        const auto layers = layer_names(host);
        return giving(layers ? blueprint_response(view, *layers) : trouble_page(layers.error()));
    }};
}

// --- what forms do ------------------------------------------------------------------------------

/// What a form made of it, if its layers are its owner's to take.
Result<BlueprintDraft> draft_of(const BlueprintView& view, const std::vector<std::string>& layers)
{
    return Blueprint::parse(view.typed.text).and_then([&](Blueprint content) {
        return check_blueprint_layers(content, layers_for(view.owner(), layers)).transform([&] {
            return BlueprintDraft{
                .name = view.typed.name, .shared = view.typed.shared, .content = std::move(content)};
        });
    });
}

/// Whatever is typed stays in the form, which says what is wrong with it.
Answer again(BlueprintView view, const std::vector<std::string>& layers, const Error& why)
{
    const bool lost = why.status == ExitStatus::busy;
    if (why.status != ExitStatus::bad_data && !lost)
        return trouble_page(why);
    view.told = message(why.message + (lost ? ". What you have written is here still: load the page in "
                                              "another tab to see the difference."
                                            : ""));
    return blueprint_response(view, layers, lost ? conflict : unprocessable);
}

/// Writes it down, on the loop's thread.
Answer keep_blueprint(Site& site, BlueprintView view, const BlueprintDraft& draft, AccountTime now,
                      const std::vector<std::string>& layers)
{
    Blueprints all(site.database);
    if (view.known) {
        const auto changed = all.change(*view.known, draft, now);
        return changed ? Answer(see_other(Links::blueprint(view.known->id, "saved")))
                       : again(std::move(view), layers, changed.error());
    }
    const auto added = all.add(view.session.user, draft, now);
    return added ? Answer(see_other(Links::blueprint(*added, "added")))
                 : again(std::move(view), layers, added.error());
}

/// YAML and the layers that there are are the pool's.
Answer kept(Site& site, BlueprintView view, AccountTime now)
{
    return Work{[&site, host = site.host, view = std::move(view), now]() -> std::function<Answer()> {
        auto layers = layer_names(host);
        if (!layers)
            return giving(trouble_page(layers.error()));
        return [&site, view, now, draft = draft_of(view, *layers),
                layers = std::move(*layers)]() -> Answer {
            return draft ? keep_blueprint(site, view, *draft, now, layers)
                         : again(view, layers, draft.error());
        };
    }};
}

/// A button that moves a layer: nothing is saved, and whatever is typed stays.
Answer with_moved_layer(Site& site, BlueprintView view, std::string_view move)
{
    if (view.known) {
        auto servers = LinkedServers(site.database).made_of(view.known->id);
        if (!servers)
            return trouble_page(servers.error());
        view.servers = std::move(*servers);
    }
    view.typed.text.layers = moved_layers(view.typed.text.layers, move);
    view.told = message("The layers are as you want them here. It is not saved yet.", true);
    return shown(site, std::move(view));
}

/// What a form's buttons do.
Answer submitted(Site& site, const SignedVisit& visit, BlueprintView view)
{
    const auto move = value_of(visit.visit.form, "move");
    return move.empty() ? kept(site, std::move(view), visit.visit.now)
                        : with_moved_layer(site, std::move(view), move);
}

} // namespace

Answer blueprints_page(Site& site, const SignedVisit& visit)
{
    const auto all = Blueprints(site.database).seen_by(visit.session.user);
    if (!all)
        return trouble_page(all.error());
    return page(
        {.title = "Blueprints", .session = &visit.session},
        html(
            R"(<div class="head"><h1>Blueprints</h1><a class="button" href="{}">New blueprint</a></div>{}{})",
            Links::new_blueprint(), done_message(visit.visit.request, blueprint_changes),
            blueprints_table(*all, visit.session.user)));
}

Answer blueprint_page(Site& site, const SignedVisit& visit, const SeenBlueprint& blueprint)
{
    auto servers = LinkedServers(site.database).made_of(blueprint.known().id);
    if (!servers)
        return trouble_page(servers.error());
    return shown(site, {.session = visit.session,
                        .known = blueprint.known(),
                        .typed = typed_of(blueprint.known()),
                        .told = done_message(visit.visit.request, blueprint_changes),
                        .servers = std::move(*servers)});
}

Answer new_blueprint_page(Site& site, const SignedVisit& visit)
{
    return shown(site, {.session = visit.session, .known = {}, .typed = {}, .told = {}});
}

Answer add_blueprint_form(Site& site, const SignedVisit& visit)
{
    return submitted(
        site, visit,
        {.session = visit.session, .known = {}, .typed = typed_in(visit.visit.form), .told = {}});
}

Answer change_blueprint_form(Site& site, const SignedVisit& visit, const SeenBlueprint& blueprint)
{
    auto known = blueprint.known();
    // The one that the form was made of: what others saved since is not overwritten.
    known.version = parse_number<std::int64_t>(value_of(visit.visit.form, "version")).value_or(0);
    return submitted(site, visit,
                     {.session = visit.session,
                      .known = std::move(known),
                      .typed = typed_in(visit.visit.form),
                      .told = {}});
}

Answer clone_blueprint_form(Site& site, const SignedVisit& visit, const SeenBlueprint& blueprint)
{
    // What cannot be kept is a new one in its form.
    auto typed = typed_of(blueprint.known());
    typed.name = value_of(visit.visit.form, "name");
    typed.shared = false;
    return kept(site, {.session = visit.session, .known = {}, .typed = std::move(typed), .told = {}},
                visit.visit.now);
}

Answer delete_blueprint_form(Site& site, const SignedVisit& visit, const SeenBlueprint& blueprint)
{
    const auto& known = blueprint.known();
    if (value_of(visit.visit.form, "name") != known.name)
        return refusal_page(visit.session, unprocessable,
                            "That is not the blueprint's name, so nothing was deleted.");
    const auto removed = Blueprints(site.database).remove(known);
    if (removed)
        return see_other(Links::blueprints("deleted"));
    return removed.error().status == ExitStatus::bad_data
               ? Answer(refusal_page(visit.session, unprocessable, removed.error().message))
               : trouble_page(removed.error());
}

} // namespace left4me::web
