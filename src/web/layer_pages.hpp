#pragma once

#include "web/http.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// The layers that blueprints are made of.
Answer layers_page(Site& site, const SignedVisit& visit);

/// One of them: what is kept of it, how it became what it is, and which servers have it.
Answer layer_page(Site& site, const SignedVisit& visit, const SeenLayer& layer);

} // namespace left4me::web
