#pragma once

#include "web/http.hpp"

namespace left4me::web {

/// Whether a request that changes something comes from a page of this program: a browser says so
/// itself, by Sec-Fetch-Site or Origin, which no page of another origin can forge. What says
/// neither is refused, and what says both has to be right in both. (The token in the form is the
/// other half: see Visit.)
bool is_from_own_page(const Request& request);

} // namespace left4me::web
