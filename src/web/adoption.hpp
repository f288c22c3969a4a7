#pragma once

#include "accounts/database.hpp"
#include "web/http.hpp"
#include "web/markup.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// The form by which a server that l4d2ctl made gets an owner, if it has none, and follows a blueprint
/// that is made of its spec.
Result<Markup> adoption_part(Database& database, const WebSession& session, const SeenServer& server);

/// Nothing of the server is another one by that: port, rcon password, layers, arguments, configuration.
Answer adopt_form(Site& site, const SignedVisit& visit, const SeenServer& server);

} // namespace left4me::web
