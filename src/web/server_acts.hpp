#pragma once

#include "accounts/job.hpp"
#include "accounts/linked_servers.hpp"
#include "accounts/server_access.hpp"
#include "verbs/instance_status.hpp"
#include "web/http.hpp"
#include "web/markup.hpp"
#include "web/site.hpp"
#include "web/visit.hpp"

#include <optional>
#include <string>
#include <vector>

namespace left4me::web {

/// What a page of a server shows beside its state: what whoever looks may do, what was asked for last,
/// and what it is made of.
struct Asked {
    ServerRight right;
    std::optional<Job> job;
    std::optional<LinkedServer> linked;
};

/// The buttons of a server's own page, and what became of what was asked for last; of what failed, also
/// what it said, which is read.
Markup act_section(const Host& host, const InstanceStatus& status, const Asked& asked,
                   const Markup& token);

/// Those of a row of the list, which is one form: see several_acts.
Markup row_acts(const InstanceStatus& status, const Asked& asked);
Markup row_choice(const InstanceName& server, ServerRight right);
Markup row_news(const InstanceStatus& status, const Asked& asked);

/// The list's rows within their form, with the buttons for those that are chosen.
Markup several_acts(const Markup& table, const Markup& token);

/// Puts into the queue what a form asks for: of one server, of those that are chosen.
Answer act_form(Site& site, const SignedVisit& visit, const SeenServer& server);
Answer acts_form(Site& site, const SignedVisit& visit, const std::vector<SeenServer>& servers);

} // namespace left4me::web
