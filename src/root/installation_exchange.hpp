#pragma once

#include "host/host.hpp"
#include "system/error.hpp"

namespace left4me {

/// Two entries of the state directory that hold trees of the game.
struct InstallationExchange {
    const char* one;
    const char* other;
};

/// Which two are to change their names. What is in installation.next is published, as the
/// installation, if it is marked as complete and of a higher version (else bad_data); mark and
/// number are user left4me's to make, and only keep an unfinished or an older one from being
/// published by mistake. While servers still run on it, it is put aside: it gets the place of an
/// older one that no server has mounted, or busy where there is none.
Result<InstallationExchange> plan_installation_exchange(const Host& host);

/// Makes that exchange, as root: the trees' parent is root's, so user left4me, who fills them,
/// can rename none. Servers keep the tree that they have mounted, whatever its name.
Result<void> exchange_installation(const Host& host);

} // namespace left4me
