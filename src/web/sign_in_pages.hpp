#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// Name, password, code; whoever is signed in goes on to the servers.
Answer sign_in_page(Site& site, const Visit& visit);
Answer sign_in_form(Site& site, const Visit& visit);

/// Where a one-time link leads: a password is set. The link is behind the address's '#', which
/// no browser sends: the script puts it into the form, and without one it is pasted there.
Answer welcome_page(Site& site, const Visit& visit);
Answer welcome_form(Site& site, const Visit& visit);

Answer sign_out_form(Site& site, const SignedVisit& visit);

} // namespace left4me::web
