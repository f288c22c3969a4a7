#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// Who changed what, when and from where, the newest first: those that a form of it chooses, some at a
/// time.
Answer audit_page(Site& site, const AdminVisit& visit);

} // namespace left4me::web
