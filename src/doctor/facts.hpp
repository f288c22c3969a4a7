#pragma once

#include "doctor/findings.hpp"
#include "host/host.hpp"

namespace left4me {

/// Looks at this host and judges it. As root everything is checked, and what
/// belongs to user left4me is looked at as that user: the process is that
/// user's for good then. For anybody else what needs root is not checked. An
/// Error only if the process could not become user left4me.
Result<Findings> examine_host(const Host& host);

/// What of that can be judged by user left4me in a unit that sees nothing of the host but the state,
/// its settings and systemd, as the web program's: failed units and jobs, settings, the game, room.
Findings examine_from_within(const Host& host);

} // namespace left4me
