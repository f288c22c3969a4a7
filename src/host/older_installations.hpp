#pragma once

#include "host/host.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <optional>
#include <vector>

namespace left4me {

// A tree of the game that servers still run on when a newer one has taken the installation's
// place is never changed. It is in installation.next, until the next update needs that place;
// then root gives it one of two others (see exchange_installation), where it stays for as long
// as a server has it mounted.

/// One of these two places.
struct OlderInstallation {
    const char* place; ///< its entry in the state directory
    Directory tree;    ///< empty where nothing is kept
};

/// Those that are there: a package that is unpacked and not configured has none yet.
Result<std::vector<OlderInstallation>> open_older_installations(const Directory& state);

/// One that no server has mounted: what is in it may change places. None: servers are on all.
Result<std::optional<const char*>> free_older_place(const Host& host, const Directory& state);

/// Those that have something in them, and that no server has mounted (any more).
Result<std::vector<Directory>> unused_installations(const Host& host, const Directory& state);

} // namespace left4me
