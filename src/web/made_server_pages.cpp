#include "web/made_server_pages.hpp"

#include "accounts/jobs.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"
#include "verbs/known_names.hpp"
#include "web/adoption.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace left4me::web {
namespace {

constexpr std::int64_t no_limit = 1'000'000;

/// A blueprint of the user's own, by the number that a form has. Of others there has to be a clone.
Result<std::optional<KnownBlueprint>> own_blueprint(Database& database, const User& user,
                                                    std::string_view number)
{
    return Blueprints(database).find(user, number).transform([&](auto known) {
        return known && known->owner == user.id ? std::move(known) : std::nullopt;
    });
}

Result<std::vector<KnownBlueprint>> own_blueprints(Database& database, const User& user)
{
    return Blueprints(database).seen_by(user).transform([&](std::vector<KnownBlueprint> all) {
        std::erase_if(all, [&](const KnownBlueprint& known) { return known.owner != user.id; });
        return all;
    });
}

Markup blueprint_field(const std::vector<KnownBlueprint>& own, std::string_view chosen)
{
    Markup options;
    for (const auto& known : own) {
        const auto number = formatted("{}", known.id.number());
        options += number == chosen
                       ? html(R"(<option value="{}" selected>{}</option>)", number, known.name)
                       : html(R"(<option value="{}">{}</option>)", number, known.name);
    }
    return html(R"(<label>Blueprint <select name="blueprint" required>{}</select></label>)", options);
}

Markup port_field(const PortRange& range, std::string_view port)
{
    return html(
        R"(<label>Port <span class="hint">{}–{}, a port for each server</span> <input name="port" value="{}" inputmode="numeric" autocomplete="off" required maxlength="5"></label>)",
        range.first.number(), range.last.number(), port);
}

// --- a new one ------------------------------------------------------------------------------------

/// What the page needs of its visit, which is gone by then.
struct NewServer {
    WebSession session;
    std::vector<KnownBlueprint> own;
    std::set<GamePort> taken; ///< of those that are made of blueprints
    std::string name;
    std::string port;
    std::string blueprint;
    Markup told;
};

Result<NewServer> new_server(Site& site, const SignedVisit& visit, const Form& form)
{
    const auto own = own_blueprints(site.database, visit.session.user);
    const auto taken = LinkedServers(site.database).ports();
    if (!own || !taken)
        return std::unexpected(!own ? own.error() : taken.error());
    const auto field = [&](std::string_view name) { return std::string(value_of(form, name)); };
    return NewServer{.session = visit.session,
                     .own = *own,
                     .taken = *taken,
                     .name = field("name"),
                     .port = field("port"),
                     .blueprint = field("blueprint"),
                     .told = {}};
}

/// What is known of this host, on the pool.
struct HostNow {
    PortRange range;
    std::vector<std::string> names; ///< of its servers
    std::set<GamePort> ports; ///< that they have
};

Result<HostNow> look_at(const Host& host, StatusBoard& board)
{
    const auto settings = host.settings();
    auto names = server_names(host);
    const auto statuses = board.read();
    if (!settings || !names || !statuses)
        return std::unexpected(!settings ? settings.error() : !names ? names.error() : statuses.error());
    std::set<GamePort> ports;
    for (const auto& status : (*statuses)->statuses)
        if (const auto port = status.port ? GamePort::parse(formatted("{}", *status.port))
                                          : Result<GamePort>(fail(ExitStatus::bad_data, "")))
            ports.insert(*port);
    return HostNow{.range = settings->ports, .names = std::move(*names), .ports = std::move(ports)};
}

Response new_server_response(NewServer made, const HostNow& now, unsigned status = 200)
{
    if (made.own.empty())
        return page(
            {.title = "New server", .session = &made.session},
            html(
                R"(<h1>New server</h1><div class="empty"><p>A server is made of a blueprint, and you have none yet.</p><p><a class="button" href="{}">New blueprint</a></p></div>)",
                Links::new_blueprint()),
            status);
    if (made.port.empty()) {
        made.taken.insert(now.ports.begin(), now.ports.end());
        const auto port = free_port(now.range, made.taken);
        made.port = port ? formatted("{}", port->number()) : "";
    }
    return page(
        {.title = "New server", .session = &made.session},
        html(
            R"(<p class="way"><a href="{}">Servers</a></p><h1>New server</h1>{}<form class="card" method="post" action="{}">{}<label>Name <span class="hint">a–z, 0–9, - and _</span> <input name="name" value="{}" autocapitalize="none" autocomplete="off" spellcheck="false" required maxlength="64"></label>{}{}<button class="main">Make it</button></form>)",
            Links::servers(), made.told, Links::new_server(), token_field(made.session.csrf), made.name,
            blueprint_field(made.own, made.blueprint), port_field(now.range, made.port)),
        status);
}

/// A port of this host that no server has which l4d2ctl made.
Result<GamePort> checked_port(const HostNow& now, std::string_view text, bool of_a_new_one)
{
    return GamePort::parse(text).and_then([&](GamePort port) -> Result<GamePort> {
        if (!now.range.contains(port))
            return fail(ExitStatus::bad_data,
                        formatted("port {} is none of this host's for games: {}–{}", port.number(),
                                  now.range.first.number(), now.range.last.number()));
        if (of_a_new_one && now.ports.contains(port))
            return fail(ExitStatus::bad_data, formatted("port {} is another server's", port.number()));
        return port;
    });
}

/// Writes it down, and has it initialised.
Result<void> make(Site& site, const NewServer& made, const KnownBlueprint& blueprint,
                  const InstanceName& name, GamePort port, AccountTime now)
{
    const auto& user = made.session.user;
    return site.database.in_transaction([&] {
        return LinkedServers(site.database)
            .add(user, blueprint, name, port, user.role == Role::admin ? no_limit : site.servers_of_user)
            .and_then([&] {
                return Jobs(site.database)
                    .add(site.host, ServerWork{name, ServerAct::initialize}, user.name, now)
                    .transform([](const JobId&) {});
            });
    });
}

Answer made_answer(Site& site, NewServer made, const HostNow& host_now, const KnownBlueprint& blueprint,
                   AccountTime now)
{
    const auto name = InstanceName::parse(made.name);
    const auto port = checked_port(host_now, made.port, true);
    auto done = name ? Result<void>() : Result<void>(std::unexpected(name.error()));
    if (done && std::ranges::contains(host_now.names, made.name))
        done = fail(ExitStatus::bad_data, formatted("there is a server {} already", quote(made.name)));
    if (done && !port)
        done = std::unexpected(port.error());
    if (done)
        done = make(site, made, blueprint, *name, *port, now);
    if (done) {
        site.jobs_wait();
        return see_other(Links::server(*name));
    }
    if (done.error().status != ExitStatus::bad_data && done.error().status != ExitStatus::usage)
        return trouble_page(done.error());
    made.told = message(done.error().message);
    return new_server_response(std::move(made), host_now, unprocessable);
}

// --- deleting it ------------------------------------------------------------------------------------

Markup removal_part(const InstanceName& server, bool linked, const Markup& token)
{
    const auto reset =
        linked ? html(R"(<button class="danger" name="act" value="reset">Remove what it wrote</button>)")
               : Markup();
    const auto hint =
        linked
            ? "Both stop it. Without what it wrote it begins anew, of its blueprint, at its next start."
            : "It is stopped, and all of it is gone: its settings, too.";
    return html(
        R"(<h3>Delete it</h3><form class="card" method="post" action="{}">{}<p class="hint">{}</p><label>Its name, once more <input name="name" autocapitalize="none" autocomplete="off" spellcheck="false" required maxlength="64"></label><div class="levers"><button class="danger" name="act" value="delete">Delete the server</button>{}</div></form>)",
        Links::remove(server), token, hint, reset);
}

} // namespace

Answer new_server_page(Site& site, const SignedVisit& visit)
{
    auto made = new_server(site, visit, parse_query(visit.visit.request.query));
    if (!made)
        return trouble_page(made.error());
    return Work{[host = site.host, board = site.board, made = std::move(*made)] {
        const auto now = look_at(host, *board);
        return giving(now ? new_server_response(made, *now) : trouble_page(now.error()));
    }};
}

Answer new_server_form(Site& site, const SignedVisit& visit)
{
    const auto& form = visit.visit.form;
    auto made = new_server(site, visit, form);
    const auto blueprint = own_blueprint(site.database, visit.session.user, value_of(form, "blueprint"));
    if (!made || !blueprint)
        return trouble_page(!made ? made.error() : blueprint.error());
    if (!*blueprint)
        return refusal_page(visit.session, unprocessable,
                            "That blueprint is none of yours, so no server was made. Make one of your "
                            "own of it first.");
    return Work{[&site, host = site.host, board = site.board, made = std::move(*made),
                 blueprint = **blueprint, at = visit.visit.now]() -> std::function<Answer()> {
        auto now = look_at(host, *board);
        if (!now)
            return giving(trouble_page(now.error()));
        return [&site, made, blueprint, at, now = std::move(*now)]() -> Answer {
            return made_answer(site, made, now, blueprint, at);
        };
    }};
}

Result<Markup> settings_section(Database& database, const WebSession& session, const SeenServer& server,
                                const std::optional<LinkedServer>& linked)
{
    const auto made_of = html("<p>Blueprint: {}</p>", linked ? linked->blueprint_name : "none");
    if (server.right() < ServerRight::own)
        return linked
                   ? html(
                         R"(<section aria-labelledby="settings"><h2 id="settings">What it is made of</h2>{}</section>)",
                         made_of)
                   : Markup();
    const auto own = own_blueprints(database, session.user);
    const auto owner = ServerAccess(database).owner(server.name());
    const auto adoption = linked ? Result<Markup>() : adoption_part(database, session, server);
    if (!own || !owner || !adoption)
        return std::unexpected(!own ? own.error() : !owner ? owner.error() : adoption.error());
    const auto token = token_field(session.csrf);
    Markup form;
    if (*owner == session.user.name && !own->empty())
        form = html(
            R"(<form class="card" method="post" action="{}">{}{}<label>Port <input name="port" value="{}" inputmode="numeric" autocomplete="off" required maxlength="5"></label><button>Use it from the next start on</button></form>)",
            Links::link(server.name()), token,
            blueprint_field(*own, linked ? formatted("{}", linked->blueprint.number()) : ""),
            linked ? formatted("{}", linked->port.number()) : "");
    const auto edit = linked ? html(R"(<p>Blueprint: <a href="{}">{}</a></p>)",
                                    Links::blueprint(linked->blueprint), linked->blueprint_name)
                             : made_of;
    return html(
        R"(<section aria-labelledby="settings"><h2 id="settings">What it is made of</h2>{}{}{}{}</section>)",
        edit, *adoption, form, removal_part(server.name(), linked.has_value(), token));
}

Answer link_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    const auto& form = visit.visit.form;
    const auto& user = visit.session.user;
    const auto blueprint = own_blueprint(site.database, user, value_of(form, "blueprint"));
    const auto owner = ServerAccess(site.database).owner(server.name());
    if (!blueprint || !owner)
        return trouble_page(!blueprint ? blueprint.error() : owner.error());
    if (!*blueprint || *owner != user.name)
        return refusal_page(visit.session, unprocessable,
                            "A server follows a blueprint of its owner's, so nothing was done.");
    const auto settings = site.host.settings();
    if (!settings)
        return trouble_page(settings.error());
    const HostNow now = {.range = settings->ports, .names = {}, .ports = {}};
    const auto done = checked_port(now, value_of(form, "port"), false).and_then([&](GamePort port) {
        return LinkedServers(site.database).link(server.name(), **blueprint, port);
    });
    if (done)
        return see_other(Links::server(server.name()));
    return done.error().status == ExitStatus::bad_data
               ? Answer(refusal_page(visit.session, unprocessable,
                                     formatted("Nothing was done: {}.", done.error().message)))
               : trouble_page(done.error());
}

Answer removal_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    const auto& form = visit.visit.form;
    const auto act = parse_server_act(value_of(form, "act"));
    const auto linked = LinkedServers(site.database).find(server.name());
    if (!linked)
        return trouble_page(linked.error());
    // What is made of nothing could not be made again.
    const bool may = act == ServerAct::remove || (act == ServerAct::reset && *linked);
    if (!may || value_of(form, "name") != server.name().str())
        return refusal_page(visit.session, unprocessable,
                            "That is not the server's name, so nothing was deleted.");
    const auto asked =
        Jobs(site.database)
            .add(site.host, ServerWork{server.name(), *act}, visit.session.user.name, visit.visit.now);
    if (!asked && asked.error().status == ExitStatus::busy)
        return refusal_page(visit.session, conflict, asked.error().message + ". Nothing was done.");
    if (!asked)
        return trouble_page(asked.error());
    site.jobs_wait();
    return see_other(Links::server(server.name()));
}

} // namespace left4me::web
