#pragma once

#include "host/host.hpp"
#include "host/mount_record.hpp"
#include "steam/installation.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

// The game's trees as versions: a new one takes the place of the present one, servers keep what
// they run on, and what none runs on any more goes (see older_installations.hpp).

struct InstallationVersion {
    MountedDirectory directory;
    std::optional<std::string> build; ///< none: its manifest names none
};

/// The present one first.
Result<std::vector<InstallationVersion>> installation_versions(const Host& host);

/// "coop1 (build 7), coop2 (build 8)": the servers that run on another tree than the present
/// one; empty where there is none.
Result<std::string> users_of_older_installations(const Host& host);

/// Has root make its exchange (see exchange_installation), and waits.
using AskForExchange = std::function<Result<void>()>;

/// The trees, and no server runs on the next one: what servers do run on there is put aside.
/// busy where both places for that are in use. For whoever holds the installation's lock; so
/// are the others.
Result<InstallationTrees> open_with_unused_next(const Host& host, const AskForExchange& ask);

/// Makes the next tree the installation, by root's exchange of two names, once it is on disk
/// as the version after the present one.
Result<void> publish_next(const InstallationTrees& trees, const AskForExchange& ask);

/// Empties the places of older installations that no server has mounted. One that was cut off
/// in this goes on the next time: what is in such a place is nobody's to go back to.
Result<void> remove_unused_installations(const Host& host, Report& report);

/// The same for who has just unmounted one, unless the installation is being changed, which
/// does it, too. doing is for who then finds it locked.
void release_installations(const Host& host, const std::string& doing, Report& report);

} // namespace left4me
