#include "web/layer_forms.hpp"

#include "accounts/jobs.hpp"
#include "accounts/layer_access.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/known_names.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace left4me::web {
namespace {

/// What a new script looks like to begin with.
constexpr const char* new_script = "set -eu\n";

// --- the form of a script -----------------------------------------------------------------------

LayerScript script_in(const Form& form)
{
    return {.text = std::string(value_of(form, "script")),
            .multiarch = value_of(form, "multiarch") == "yes",
            .daily = value_of(form, "daily") == "yes"};
}

Markup checkbox(std::string_view name, bool checked)
{
    return checked ? html(R"(<input type="checkbox" name="{}" value="yes" checked>)", name)
                   : html(R"(<input type="checkbox" name="{}" value="yes">)", name);
}

/// name: the field of a new layer's; nothing for one that is there.
Markup script_form(const Url& target, const Markup& name, const LayerScript& script, const Markup& token)
{
    return html(
        R"(<form class="card wide" method="post" action="{}">{}{}<label>Script <span class="hint">for bash, in a sandbox: it begins in the layer's files, which become the next version if it ends with 0, and sees the internet and nothing else of this host</span><textarea name="script" rows="14" spellcheck="false" autocapitalize="none" required>
{}</textarea></label><label class="choice">{} Keep it, and build the layer by it anew each day</label><label class="choice">{} It runs 32-bit programs, too</label><button class="main">Build</button></form>)",
        target, token, name, script.text, checkbox("daily", script.daily),
        checkbox("multiarch", script.multiarch));
}

/// The form on a page of its own: of a new layer, or of one whose script was refused.
struct BuildView {
    WebSession session;
    std::optional<LayerRef> layer; ///< none: a new one
    std::string name = {};         ///< of a new one, as it was typed
    LayerScript script;
    Markup told = {};
};

/// Beneath which name a user's own layers are; nothing of an admin's, who may use any.
std::string own_place(const User& user)
{
    return user.role == Role::admin ? std::string() : own_layers(user.id);
}

Markup name_field(const BuildView& view)
{
    const auto hint = view.session.user.role == Role::admin
                          ? std::string("maps/custom; everybody here can take it")
                          : formatted("a–z, 0–9, . _ - and /; it is put beneath {}, and is yours",
                                      own_place(view.session.user));
    return html(
        R"(<label>Name <span class="hint">{}</span> <input name="name" value="{}" autocapitalize="none" autocomplete="off" spellcheck="false" required maxlength="128"></label>)",
        hint, view.name);
}

Response build_response(const BuildView& view, unsigned status = 200)
{
    const auto token = token_field(view.session.csrf);
    const auto title = view.layer ? formatted("Build {}", view.layer->str()) : "New layer";
    const auto form = view.layer ? script_form(Links::build(*view.layer), Markup(), view.script, token)
                                 : script_form(Links::new_layer(), name_field(view), view.script, token);
    return page({.title = title, .session = &view.session},
                html(R"(<p class="way"><a href="{}">Layers</a></p><h1>{}</h1>{}{})", Links::layers(),
                     title, view.told, form),
                status);
}

/// The same form again, with what is wrong; anything else is no fault of the form's.
Answer refused(BuildView view, const Error& why)
{
    const bool busy = why.status == ExitStatus::busy && !why.message.empty();
    if (!busy && why.status != ExitStatus::bad_data && why.status != ExitStatus::usage)
        return trouble_page(why);
    view.told = message(formatted("{}. Nothing was done.", why.message));
    return build_response(view, busy ? conflict : unprocessable);
}

// --- asking for it --------------------------------------------------------------------------------

Result<JobId> ask_for(Site& site, const UserName& user, AccountTime now, const LayerWork& work,
                      const Result<JobRequest>& request)
{
    return request
        .and_then([&](const JobRequest& asked) {
            return Jobs(site.database).add(site.host, work, user, now, asked);
        })
        .transform([&](JobId id) {
            site.jobs_wait();
            return id;
        });
}

Result<JobId> ask_for(Site& site, const SignedVisit& visit, const LayerWork& work,
                      const Result<JobRequest>& request)
{
    return ask_for(site, visit.session.user.name, visit.visit.now, work, request);
}

Result<JobRequest> checked_request(const LayerRef& layer, const LayerScript& script)
{
    return script.text.empty() ? fail(ExitStatus::bad_data, "The script is empty")
                               : build_request(layer, script);
}

Answer led_to(const SignedVisit& visit, const Result<JobId>& asked)
{
    if (asked)
        return see_other(Links::job(*asked));
    return asked.error().status == ExitStatus::busy && !asked.error().message.empty()
               ? Answer(refusal_page(visit.session, conflict,
                                     asked.error().message + ". Nothing was done."))
               : trouble_page(asked.error());
}

/// The new layer's whole name, which no layer has.
Result<LayerRef> new_name(const BuildView& view, const std::vector<std::string>& taken)
{
    return LayerRef::parse(own_place(view.session.user) + view.name)
        .and_then([&](LayerRef ref) -> Result<LayerRef> {
            if (std::ranges::contains(taken, ref.str()))
                return fail(ExitStatus::bad_data,
                            formatted("There is a layer {} already, which its own page builds",
                                      quote(ref.str())));
            return ref;
        });
}

} // namespace

Markup build_section(const LayerRef& layer, const LayerScript& script, const Markup& token)
{
    return html(
        R"(<section aria-labelledby="build"><h2 id="build">Build it by a script</h2>{}</section>)",
        script_form(Links::build(layer), Markup(),
                    script.text.empty() ? LayerScript{.text = new_script} : script, token));
}

Markup change_section(const LayerState& layer, bool may_build, const Markup& token)
{
    Markup parts;
    if (layer.daily) {
        const auto rebuild =
            may_build
                ? html(
                      R"(<form class="levers" method="post" action="{}">{}<button>Build it anew now</button></form>)",
                      Links::rebuild(layer.ref), token)
                : Markup();
        parts += html(
            R"(<h3>Made anew each day</h3>{}<form class="levers" method="post" action="{}">{}<button name="act" value="forget">Not any more</button></form>)",
            rebuild, Links::layer_act(layer.ref), token);
    }
    Markup versions;
    for (const auto version : layer.kept | std::views::reverse)
        versions += html(R"(<option value="{}">{}</option>)", version, version);
    if (!layer.kept.empty())
        parts += html(
            R"(<h3>Go back</h3><form class="card" method="post" action="{}">{}<label>To version <select name="version">{}</select></label><p class="hint">It becomes the next one. Servers have it from their next start on.</p><button name="act" value="rollback">Go back to it</button></form>)",
            Links::layer_act(layer.ref), token, versions);
    parts +=
        layer.users.empty()
            ? html(
                  R"(<h3>Delete it</h3><form class="card" method="post" action="{}">{}<p class="hint">All of its versions are gone then.</p><label>Its name, once more <input name="name" autocapitalize="none" autocomplete="off" spellcheck="false" required maxlength="128"></label><button class="danger" name="act" value="delete">Delete the layer</button></form>)",
                  Links::layer_act(layer.ref), token)
            : html(R"(<h3>Delete it</h3><p>That can be done when no server has it any more.</p>)");
    return html(R"(<section aria-labelledby="change"><h2 id="change">Change it</h2>{}</section>)",
                parts);
}

Answer new_layer_page(Site& /*site*/, const BuilderVisit& builder)
{
    return build_response(
        {.session = builder.visit().session, .layer = {}, .script = {.text = new_script}});
}

Answer new_layer_form(Site& site, const BuilderVisit& builder)
{
    const auto& visit = builder.visit();
    const auto& form = visit.visit.form;
    BuildView view = {.session = visit.session,
                      .layer = {},
                      .name = std::string(value_of(form, "name")),
                      .script = script_in(form)};
    return Work{[&site, host = site.host, view = std::move(view),
                 now = visit.visit.now]() -> std::function<Answer()> {
        auto taken = layer_names(host);
        return [&site, view, now, taken = std::move(taken)]() -> Answer {
            const auto ref = taken.and_then(
                [&](const std::vector<std::string>& names) { return new_name(view, names); });
            if (!ref)
                return refused(view, ref.error());
            const auto asked = ask_for(site, view.session.user.name, now, {*ref, LayerAct::build},
                                       checked_request(*ref, view.script));
            if (!asked)
                return refused(view, asked.error());
            return see_other(Links::job(*asked));
        };
    }};
}

Answer build_form(Site& site, const BuilderVisit& builder, const SeenLayer& layer)
{
    const auto& visit = builder.visit();
    const auto script = script_in(visit.visit.form);
    const auto asked =
        ask_for(site, visit, {layer.ref(), LayerAct::build}, checked_request(layer.ref(), script));
    return asked ? see_other(Links::job(*asked))
                 : refused({.session = visit.session, .layer = layer.ref(), .script = script},
                           asked.error());
}

Answer rebuild_form(Site& site, const BuilderVisit& builder, const SeenLayer& layer)
{
    return led_to(builder.visit(), ask_for(site, builder.visit(), {layer.ref(), LayerAct::rebuild},
                                           request_for(LayerAct::rebuild, layer.ref())));
}

Answer layer_act_form(Site& site, const SignedVisit& visit, const SeenLayer& layer)
{
    const auto& form = visit.visit.form;
    const auto act = parse_layer_act(value_of(form, "act"));
    const auto version = parse_number<std::uint64_t>(value_of(form, "version"));
    if (act == LayerAct::remove && value_of(form, "name") != layer.ref().str())
        return refusal_page(visit.session, unprocessable,
                            "That is not the layer's name, so nothing was deleted.");
    const bool is_one = act == LayerAct::remove || act == LayerAct::forget ||
                        (act == LayerAct::roll_back && version && *version > 0);
    if (!is_one)
        return refusal_page(visit.session, unprocessable, "There is no such thing to do with a layer.");
    return led_to(visit,
                  ask_for(site, visit, {layer.ref(), *act}, request_for(*act, layer.ref(), version)));
}

} // namespace left4me::web
