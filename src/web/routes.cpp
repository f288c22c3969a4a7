#include "web/routes.hpp"

#include "web/account_pages.hpp"
#include "web/server_pages.hpp"

#include <array>

namespace left4me::web {
namespace {

Answer asset_answer(const Visit& visit, const Asset& asset)
{
    // Asked again each time, and sent again when it is another one.
    Response response = {
        .status = 200,
        .fields = {{"Content-Type", asset.type}, {"Cache-Control", "no-cache"}, {"ETag", asset.tag}},
        .body = asset.body};
    if (visit.request.field("if-none-match") == asset.tag)
        response.status = 304;
    return response;
}

Answer style_answer(Site& site, const Visit& visit)
{
    return asset_answer(visit, site.assets.style);
}

Answer script_answer(Site& site, const Visit& visit)
{
    return asset_answer(visit, site.assets.script);
}

const std::array routes = {
    Route{Method::get, "/", Changes::nothing, servers_page},
    Route{Method::get, "/servers/{server}", Changes::nothing, server_page},
    Route{Method::get, "/events", Changes::nothing, servers_events},
    Route{Method::get, "/servers/{server}/events", Changes::nothing, server_events},
    Route{Method::get, "/sign-in", Changes::nothing, sign_in_page},
    Route{Method::post, "/sign-in", Changes::session, sign_in_form},
    Route{Method::post, "/sign-out", Changes::session, sign_out_form},
    Route{Method::get, "/welcome", Changes::nothing, welcome_page},
    Route{Method::post, "/welcome", Changes::password, welcome_form},
    Route{Method::get, "/style.css", Changes::nothing, style_answer},
    Route{Method::get, "/live.js", Changes::nothing, script_answer},
};

} // namespace

std::span<const Route> all_routes()
{
    return routes;
}

} // namespace left4me::web
