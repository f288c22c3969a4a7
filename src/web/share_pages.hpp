#pragma once

#include "web/http.hpp"
#include "web/markup.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// The part of a server's page that says whose it is and who may see it; for the owner with the
/// forms that change it.
Result<Markup> share_section(Database& database, const WebSession& session, const SeenServer& server);

/// Lets somebody see or operate it.
Answer share_form(Site& site, const SignedVisit& visit, const SeenServer& server);
Answer end_share_form(Site& site, const SignedVisit& visit, const SeenServer& server);

/// Gives it to somebody else.
Answer owner_form(Site& site, const SignedVisit& visit, const SeenServer& server);

} // namespace left4me::web
