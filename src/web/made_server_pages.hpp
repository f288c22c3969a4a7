#pragma once

#include "accounts/linked_servers.hpp"
#include "web/http.hpp"
#include "web/markup.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

#include <optional>

namespace left4me::web {

/// Makes a server of a blueprint: a name, and a port of those that are free.
Answer new_server_page(Site& site, const SignedVisit& visit);
Answer new_server_form(Site& site, const SignedVisit& visit);

/// The part of a server's page in which its owner says what it is made of, and deletes it.
Result<Markup> settings_section(Database& database, const WebSession& session, const SeenServer& server,
                                const std::optional<LinkedServer>& linked);

/// Has it follow a blueprint, which applies at its next start.
Answer link_form(Site& site, const SignedVisit& visit, const SeenServer& server);

/// Deletes it, or what it wrote, where its name was typed.
Answer removal_form(Site& site, const SignedVisit& visit, const SeenServer& server);

} // namespace left4me::web
