#include "web/routes.hpp"

#include "web/account_pages.hpp"
#include "web/adoption.hpp"
#include "web/audit_pages.hpp"
#include "web/blueprint_pages.hpp"
#include "web/console_pages.hpp"
#include "web/host_pages.hpp"
#include "web/job_pages.hpp"
#include "web/layer_forms.hpp"
#include "web/layer_pages.hpp"
#include "web/links.hpp"
#include "web/made_server_pages.hpp"
#include "web/player_pages.hpp"
#include "web/server_acts.hpp"
#include "web/server_pages.hpp"
#include "web/share_pages.hpp"
#include "web/sign_in_pages.hpp"
#include "web/user_pages.hpp"

#include <array>

namespace left4me::web {
namespace {

Answer asset_answer(const Visit& visit, const Asset& asset)
{
    // By any other address it is asked for again each time, and sent again when it is another one.
    const bool stays = visit.request.query == Links::assets;
    Response response = {
        .status = 200,
        .fields = {{"Content-Type", asset.type},
                   {"Cache-Control", stays ? "public, max-age=31536000, immutable" : "no-cache"},
                   {"ETag", asset.tag}},
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

Answer icon_answer(Site& site, const Visit& visit)
{
    return asset_answer(visit, site.assets.icon);
}

const std::array routes = {
    Route{Method::get, "/", Changes::nothing, servers_page},
    Route{Method::get, "/servers/{server}", Changes::nothing, server_page},
    Route{Method::get, "/events", Changes::nothing, servers_events},
    Route{Method::get, "/servers/{server}/events", Changes::nothing, server_events},
    Route{Method::get, "/servers/{server}/log", Changes::nothing, log_page},
    Route{Method::get, "/servers/{server}/players", Changes::nothing, players_page},
    Route{Method::get, "/servers/{server}/kick", Changes::nothing, kick_page, ServerRight::operate},
    Route{Method::post, "/servers/{server}/kick", Changes::game, kick_form, ServerRight::operate},
    Route{Method::get, "/servers/{server}/console", Changes::nothing, console_page,
          ServerRight::operate},
    Route{Method::post, "/servers/{server}/console", Changes::game, console_form, ServerRight::operate},
    Route{Method::get, "/servers/{server}/console/names", Changes::nothing, command_names,
          ServerRight::operate},
    Route{Method::post, "/servers/{server}/act", Changes::running, act_form, ServerRight::operate},
    Route{Method::post, "/servers/{server}/blueprint", Changes::server, link_form, ServerRight::own},
    Route{Method::post, "/servers/{server}/adopt", Changes::server, adopt_form, ServerRight::own},
    Route{Method::post, "/servers/{server}/delete", Changes::running, removal_form, ServerRight::own},
    Route{Method::get, "/new-server", Changes::nothing, new_server_page},
    Route{Method::post, "/new-server", Changes::server, new_server_form},
    Route{Method::post, "/acts", Changes::running, acts_form, ServerRight::operate},
    Route{Method::post, "/servers/{server}/shares", Changes::server, share_form, ServerRight::own},
    Route{Method::post, "/servers/{server}/shares/end", Changes::server, end_share_form,
          ServerRight::own},
    Route{Method::post, "/servers/{server}/owner", Changes::server, owner_form, ServerRight::own},
    Route{Method::get, "/blueprints", Changes::nothing, blueprints_page},
    Route{Method::post, "/blueprints", Changes::blueprint, add_blueprint_form},
    Route{Method::get, "/new-blueprint", Changes::nothing, new_blueprint_page},
    Route{Method::get, "/blueprints/{blueprint}", Changes::nothing, blueprint_page},
    Route{Method::post, "/blueprints/{blueprint}", Changes::blueprint, change_blueprint_form,
          ServerRight::own},
    Route{Method::post, "/blueprints/{blueprint}/clone", Changes::blueprint, clone_blueprint_form},
    Route{Method::post, "/blueprints/{blueprint}/delete", Changes::blueprint, delete_blueprint_form,
          ServerRight::own},
    Route{Method::get, "/layers", Changes::nothing, layers_page},
    Route{Method::get, "/layers/{layer}", Changes::nothing, layer_page},
    Route{Method::post, "/layers/{layer}/act", Changes::layer, layer_act_form, ServerRight::own},
    Route{Method::post, "/layers/{layer}/build", Changes::layer, build_form},
    Route{Method::post, "/layers/{layer}/rebuild", Changes::layer, rebuild_form},
    Route{Method::get, "/new-layer", Changes::nothing, new_layer_page},
    Route{Method::post, "/new-layer", Changes::layer, new_layer_form},
    Route{Method::get, "/jobs", Changes::nothing, jobs_page},
    Route{Method::get, "/jobs/{job}", Changes::nothing, job_page},
    Route{Method::get, "/jobs/{job}/events", Changes::nothing, job_events},
    Route{Method::post, "/jobs/{job}/cancel", Changes::running, cancel_job_form, ServerRight::operate},
    Route{Method::get, "/sign-in", Changes::nothing, sign_in_page},
    Route{Method::post, "/sign-in", Changes::session, sign_in_form},
    Route{Method::post, "/sign-out", Changes::session, sign_out_form},
    Route{Method::get, "/welcome", Changes::nothing, welcome_page},
    Route{Method::post, "/welcome", Changes::password, welcome_form},
    Route{Method::get, "/account", Changes::nothing, account_page},
    Route{Method::post, "/account/password", Changes::password, password_form},
    Route{Method::post, "/account/second-factor", Changes::second_factor, second_factor_form},
    Route{Method::post, "/account/second-factor/code", Changes::second_factor, second_factor_code_form},
    Route{Method::post, "/account/second-factor/off", Changes::second_factor, no_second_factor_form},
    Route{Method::post, "/account/sessions/end", Changes::session, end_session_form},
    Route{Method::post, "/account/sessions/end-others", Changes::session, end_other_sessions_form},
    Route{Method::get, "/host", Changes::nothing, host_page},
    Route{Method::post, "/host/update", Changes::installation, update_form},
    Route{Method::get, "/users", Changes::nothing, users_page},
    Route{Method::post, "/users", Changes::users, add_user_form},
    Route{Method::post, "/users/change", Changes::users, change_user_form},
    Route{Method::get, "/audit", Changes::nothing, audit_page},
    Route{Method::get, "/style.css", Changes::nothing, style_answer},
    Route{Method::get, "/live.js", Changes::nothing, script_answer},
    Route{Method::get, "/icon.svg", Changes::nothing, icon_answer},
};

} // namespace

std::span<const Route> all_routes()
{
    return routes;
}

} // namespace left4me::web
