#pragma once

#include "accounts/server_access.hpp"
#include "game/a2s.hpp"
#include "verbs/instance_status.hpp"
#include "web/asked_games.hpp"
#include "web/http.hpp"
#include "web/markup.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

namespace left4me::web {

/// Who plays on a server, in a page of it; the game is asked, which blocks.
Markup players_section(AskedGames& games, const InstanceStatus& status, ServerRight right);

/// The same alone: what an open page looks at again and again.
Answer players_page(Site& site, const SignedVisit& visit, const SeenServer& server);

/// Who is there by the game's own list, and those who may command it can kick and ban them.
Answer kick_page(Site& site, const SignedVisit& visit, const SeenServer& server);

/// A player is the number that the list has, looked up anew: nothing else of a form becomes a part of a
/// command.
Answer kick_form(Site& site, const SignedVisit& visit, const SeenServer& server);

/// "1:02:03", "2:03".
std::string played_for(float seconds);

} // namespace left4me::web
