#include "web/adoption.hpp"

#include "accounts/layer_access.hpp"
#include "accounts/linked_servers.hpp"
#include "accounts/users.hpp"
#include "host/instance_store.hpp"
#include "model/spec_blueprint.hpp"
#include "system/format.hpp"
#include "verbs/known_names.hpp"
#include "web/frame.hpp"
#include "web/links.hpp"

#include <string>
#include <utility>

namespace left4me::web {
namespace {

/// What is to be done, by the form.
struct Adoption {
    WebSession session;
    InstanceName server;
    User owner;
    bool has_owner; ///< already
    std::string blueprint; ///< its name
    AccountTime now;
};

/// Who owns it, or is to.
Result<User> owner_of(Site& site, const SignedVisit& visit, const std::optional<UserName>& owner)
{
    Users users(site.database);
    if (owner)
        return users.find(*owner);
    const auto given = value_of(visit.visit.form, "user");
    auto found = UserName::parse(given).and_then([&](const UserName& name) { return users.find(name); });
    if (!found && found.error().status != ExitStatus::busy && found.error().status != ExitStatus::io)
        return fail(ExitStatus::bad_data, formatted("there is no user {}", quote(given)));
    return found;
}

struct Found {
    Blueprint content;
    GamePort port;
};

/// What it is made of, on the pool.
Result<Found> look_at(const Host& host, const Adoption& adoption)
{
    const auto spec = InstanceStore::open(host).and_then(
        [&](const InstanceStore& store) { return store.read_spec(adoption.server); });
    if (!spec && spec.error().status == ExitStatus::not_found)
        return fail(ExitStatus::bad_data, "there is no such server any more");
    const auto layers = layer_names(host);
    if (!spec || !layers)
        return std::unexpected(!spec ? spec.error() : layers.error());
    return blueprint_of(*spec).and_then([&](Blueprint content) {
        return check_blueprint_layers(content, layers_for(adoption.owner.id, *layers)).transform([&] {
            return Found{.content = std::move(content), .port = spec->port};
        });
    });
}

/// The blueprint, and the server that follows it and has been made of it.
Result<void> adopt(Database& database, const Adoption& adoption, const Found& found)
{
    Blueprints blueprints(database);
    LinkedServers servers(database);
    const auto& [session, server, owner, has_owner, name, now] = adoption;
    return database.in_transaction([&]() -> Result<void> {
        if (!has_owner)
            if (auto given = ServerAccess(database).set_owner(server, owner.id); !given)
                return given;
        const auto id =
            blueprints.add(owner, {.name = name, .shared = false, .content = found.content}, now);
        if (!id)
            return std::unexpected(id.error());
        return blueprints.find(owner, formatted("{}", id->number()))
            .and_then([&](const std::optional<KnownBlueprint>& known) -> Result<void> {
                if (!known)
                    return fail(ExitStatus::internal, "a blueprint is not where it was put");
                return servers.link(server, *known, found.port);
            })
            .and_then([&] { return servers.find(server); })
            .and_then([&](const std::optional<LinkedServer>& linked) -> Result<void> {
                if (!linked)
                    return fail(ExitStatus::internal, "a server does not follow its blueprint");
                return servers.set_applied(server, linked->edition);
            });
    });
}

Answer refused_adoption(const WebSession& session, const Error& error)
{
    return error.status == ExitStatus::bad_data
               ? Answer(refusal_page(session, unprocessable,
                                     formatted("It was not adopted: {}.", error.message)))
               : trouble_page(error);
}

} // namespace

Result<Markup> adoption_part(Database& database, const WebSession& session, const SeenServer& server)
{
    return ServerAccess(database).owner(server.name()).transform([&](const auto& owner) {
        const auto whose =
            owner
                ? Markup()
                : html(
                      R"(<label>Its owner <span class="hint">a user's name</span> <input name="user" value="{}" autocapitalize="none" autocomplete="off" spellcheck="false" required maxlength="32"></label>)",
                      session.user.name.str());
        return html(
            R"(<h3>Adopt it</h3><form class="card" method="post" action="{}">{}<p class="hint">It was made by l4d2ctl. Adopted, it follows a blueprint that is made of its spec, and goes on as it is: with its port, its rcon password, its layers, arguments and configuration.</p>{}<label>Name of the blueprint <input name="name" value="{}" autocomplete="off" required maxlength="64"></label><button>Adopt it</button></form>)",
            Links::adopt(server.name()), token_field(session.csrf), whose, server.name().str());
    });
}

Answer adopt_form(Site& site, const SignedVisit& visit, const SeenServer& server)
{
    const auto linked = LinkedServers(site.database).find(server.name());
    const auto owner = ServerAccess(site.database).owner(server.name());
    if (!linked || !owner)
        return trouble_page(!linked ? linked.error() : owner.error());
    if (*linked)
        return refusal_page(visit.session, unprocessable, "It follows a blueprint already.");
    auto user = owner_of(site, visit, *owner);
    if (!user)
        return refused_adoption(visit.session, user.error());
    const std::string name(value_of(visit.visit.form, "name"));
    if (const auto checked = check_blueprint_name(name); !checked)
        return refused_adoption(visit.session, checked.error());
    return Work{[&site, host = site.host,
                 adoption = Adoption{.session = visit.session,
                                     .server = server.name(),
                                     .owner = std::move(*user),
                                     .has_owner = owner->has_value(),
                                     .blueprint = name,
                                     .now = visit.visit.now}]() -> std::function<Answer()> {
        return [&site, adoption, found = look_at(host, adoption)]() -> Answer {
            const auto done =
                found.and_then([&](const Found& it) { return adopt(site.database, adoption, it); });
            return done ? see_other(Links::server(adoption.server))
                        : refused_adoption(adoption.session, done.error());
        };
    }};
}

} // namespace left4me::web
