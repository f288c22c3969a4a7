#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// All servers that this user may see: what runs, and who plays.
Answer servers_page(Site& site, const SignedVisit& visit);

/// One of them: its state, and a place for its log, which server_events brings.
Answer server_page(Site& site, const SignedVisit& visit, const SeenServer& server);

/// The end of its log alone, for browsers that run no script.
Answer log_page(Site& site, const SignedVisit& visit, const SeenServer& server);

/// Both, as they change.
Answer servers_events(Site& site, const SignedVisit& visit);
Answer server_events(Site& site, const SignedVisit& visit, const SeenServer& server);

} // namespace left4me::web
