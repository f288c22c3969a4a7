#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// Whether this host is well, for administrators: the game, findings, timers, room.
Answer host_page(Site& site, const AdminVisit& admin);

/// Asks for an update of the game, or for the first of it.
Answer update_form(Site& site, const AdminVisit& admin);

} // namespace left4me::web
