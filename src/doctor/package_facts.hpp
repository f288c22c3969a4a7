#pragma once

#include "doctor/findings.hpp"
#include "doctor/state_findings.hpp"
#include "host/host.hpp"

namespace left4me {

/// /etc/sudoers.d/left4me; as root, else not_permitted.
Result<SudoersFile> read_sudoers_file();

/// Whether user left4me, as whom this runs by now, may call the helpers.
Findings look_at_sudo(const Result<SudoersFile>& file);

/// The package's programs, as anybody sees them.
Findings look_at_programs();

/// The settings, the loader and the game, as user left4me has them.
Findings look_at_game(const Host& host);

/// The first and the last of these. (A unit with SystemCallArchitectures=native runs no loader of 32
/// bits, whatever the host does.)
Findings look_at_settings(const Host& host);
Findings look_at_installation(const Host& host);

} // namespace left4me
