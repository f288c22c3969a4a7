#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// A server's console: what was said there, and a line to say more.
Answer console_page(Site& site, const SignedVisit& visit, const SeenServer& server);

/// Gives the game a command. What may have a secret in it is shown once, and not kept.
Answer console_form(Site& site, const SignedVisit& visit, const SeenServer& server);

/// The names that a line can begin with, one a line, by the game's own list.
Answer command_names(Site& site, const SignedVisit& visit, const SeenServer& server);

} // namespace left4me::web
