#pragma once

#include "model/steam_account.hpp"
#include "steam/installation.hpp"
#include "steam/steamcmd.hpp"
#include "steam/steamcmd_answers.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <string>

namespace left4me {

/// How the game is to be fetched, as an operator says it.
struct FetchOrder {
    std::string program; ///< steamcmd, an absolute path
    SteamcmdPlace place;
    SteamAccount account;
    bool validate;  ///< have steamcmd check every file
    bool fresh;     ///< make the tree that it works on anew before that
    bool new_login; ///< forget the login that it keeps
};

/// Runs steamcmd until it has brought the game into the next tree, which it makes ready. What
/// is known to pass by itself is tried again; what is not is explained. Without an account the
/// files for Linux come by way of Windows', of which nothing is left in the end. io before
/// anything is fetched for which there is no room.
///
/// installed: there is a present installation, to begin with.
Result<void> fetch_game(const InstallationTrees& trees, bool installed, const FetchOrder& order,
                        const AskSecret& ask, Report& report);

} // namespace left4me
