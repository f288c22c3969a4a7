#include "web/change_guard.hpp"

namespace left4me::web {

bool is_from_own_page(const Request& request)
{
    const auto site = request.field("sec-fetch-site");
    const auto origin = request.field("origin");
    if (!site && !origin)
        return false;
    if (site && *site != "same-origin")
        return false;
    // "null", of a page without an origin, is none of ours either.
    return !origin || *origin == (request.secure ? "https://" : "http://") + request.host;
}

} // namespace left4me::web
