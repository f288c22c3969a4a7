#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// Who may sign in. For administrators, as all of these.
Answer users_page(Site& site, const AdminVisit& admin);

/// A new one, for the administrator's own password: shows the link that lets them in, once.
Answer add_user_form(Site& site, const AdminVisit& admin);

/// What the form's "act" says, to the user that it names, for the administrator's own password.
Answer change_user_form(Site& site, const AdminVisit& admin);

} // namespace left4me::web
