#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// Whoever is signed in: password, second factor, and where else they are signed in.
Answer account_page(Site& site, const SignedVisit& visit);

/// A new password for the old one. Ends all sessions; this browser gets a new one.
Answer password_form(Site& site, const SignedVisit& visit);

/// Begins a second factor, for the password: shows its key, and asks for a code of it.
Answer second_factor_form(Site& site, const SignedVisit& visit);
/// Makes it count, for that code: shows the recovery codes, once.
Answer second_factor_code_form(Site& site, const SignedVisit& visit);
/// Takes it away, for the password.
Answer no_second_factor_form(Site& site, const SignedVisit& visit);

/// Ends one session by its number in the list, or all but this one.
Answer end_session_form(Site& site, const SignedVisit& visit);
Answer end_other_sessions_form(Site& site, const SignedVisit& visit);

} // namespace left4me::web
