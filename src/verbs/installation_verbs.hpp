#pragma once

#include "host/host.hpp"
#include "model/steam_account.hpp"
#include "steam/steamcmd_answers.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

namespace left4me {

enum class InstallationVerb {
    install, ///< where nothing is installed; else as update
    update,  ///< not_found where nothing is installed
};

struct InstallationOrder {
    InstallationVerb verb;
    SteamAccount account;
    bool validate;  ///< have steamcmd check every file
    bool fresh;     ///< make the tree that steamcmd works on anew, and check every file
    bool new_login; ///< forget the login that steamcmd keeps
};

/// Brings the game into the installation by steamcmd, as user left4me. steamcmd works
/// on installation.next, a copy or an older tree; when that is whole, root exchanges
/// the two. So the installation is never half of anything, and servers keep the one
/// that they run on, however many updates come. Refused (busy) while another one does this, or
/// servers stand on more older trees than are kept. Killed at any place, the next run goes on.
///
/// ask is for the password and the Steam Guard code, which are kept in memory alone, and
/// given to steamcmd's terminal.
Result<void> bring_up_to_date(const Host& host, const InstallationOrder& order, const AskSecret& ask,
                              Report& report);

} // namespace left4me
