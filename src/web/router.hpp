#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace left4me::web {

// A handler gets what its route is about, found and checked before it is called.
using OpenHandler = Answer (*)(Site&, const Visit&);
using UserHandler = Answer (*)(Site&, const SignedVisit&);
using AdminHandler = Answer (*)(Site&, const AdminVisit&);
using ServerHandler = Answer (*)(Site&, const SignedVisit&, const SeenServer&);
/// Of the servers that a form names, a field "server.NAME" for each: all of them, or nothing is done.
using ServersHandler = Answer (*)(Site&, const SignedVisit&, const std::vector<SeenServer>&);

using BlueprintHandler = Answer (*)(Site&, const SignedVisit&, const SeenBlueprint&);
using JobHandler = Answer (*)(Site&, const SignedVisit&, const SeenJob&);

using LayerHandler = Answer (*)(Site&, const SignedVisit&, const SeenLayer&);
using BuilderHandler = Answer (*)(Site&, const BuilderVisit&);
/// Of a layer that they may change.
using BuildHandler = Answer (*)(Site&, const BuilderVisit&, const SeenLayer&);

/// Whom a route answers: what its handler takes says it. All others go to the sign-in page, or
/// are told that there is no such thing.
using Handler = std::variant<OpenHandler, UserHandler, AdminHandler, ServerHandler, ServersHandler,
                             BlueprintHandler, LayerHandler, BuilderHandler, BuildHandler, JobHandler>;

/// What a request of it changes, for the table's readers. A route of POST changes something.
enum class Changes {
    nothing,
    session,       ///< who is signed in
    password,      ///< a user's
    second_factor, ///< a user's
    server,        ///< that there is one, whose it is, who may see it, what it is made of
    running,       ///< whether servers run
    game,          ///< whatever a game's console can
    blueprint,     ///< what servers are made of
    layer,         ///< what is put over the game
    installation,  ///< the game that servers are given
    users,         ///< who may sign in, and as what
};

/// A line of the table of routes.
struct Route {
    Method method; ///< get (which HEAD is, too) or post
    std::string_view path; ///< a part "{server}", "{blueprint}", "{layer}" or "{job}" says which one,
                           ///< for their handlers alone
    Changes changes;
    Handler handler;
    ServerRight least = ServerRight::view; ///< what one must at least be able to do with it
};

/// Finds a request's route and whoever asks, and refuses what may not be: another method (405), a
/// server that is none of theirs, or what is the administrators' (404), a change without the form's
/// token or from another page's (403), a form that is none (400, 415).
///
/// Each change that it lets through is a line in the journal of the service, and a row of the database
/// (ChangeLog): who, from where, what, and whether it was done. No secret is in it.
class Router {
public:
    Router(Site& site, std::span<const Route> routes, std::function<AccountTime()> now)
        : site_(site), routes_(routes), now_(std::move(now))
    {
    }

    Answer answer(const Request& request);

private:
    Answer pass(const Route& route, const Request& request, std::string_view named);
    std::variant<Visit, Response> visit_of(const Route& route, const Request& request);
    Answer call(const Route& route, const Visit& visit, std::string_view named);
    Answer call_of_servers(const Route& route, const SignedVisit& visit, std::string_view server);
    Answer call_of_blueprint(BlueprintHandler handler, ServerRight least, const SignedVisit& visit,
                             std::string_view number);
    Answer call_of_builder(BuilderHandler handler, const SignedVisit& visit);
    Answer call_of_layer(const Route& route, const SignedVisit& visit, std::string_view name);
    Answer call_of_job(const Route& route, const SignedVisit& visit, std::string_view number);
    Result<std::optional<SeenServer>> seen(const Route& route, const User& user, std::string_view name);

    Site& site_;
    std::span<const Route> routes_;
    std::function<AccountTime()> now_;
};

/// Whether a request's path is the route's, and which part of it stands for "{server}" or the like.
bool is_path_of(std::string_view pattern, std::string_view path, std::string_view& named);

} // namespace left4me::web
