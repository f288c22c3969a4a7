#pragma once

#include "host/systemd.hpp"
#include "system/error.hpp"

namespace left4me {

/// Runs steamcmd in its unit: what it is to do is the line on standard input, and the terminal on
/// which it speaks is standard output, handed to the unit as it is: nothing that is said there
/// comes by here. Where that is a pipe steamcmd speaks on a terminal of the helper's, and what it
/// says goes to the pipe; nobody answers then. Standard input stays open then: its end ends the unit.
/// steamcmd's status, 128+N for a signal N. For root; one at a time, which waits for the end of one
/// before.
Result<int> run_steamcmd_unit(Systemd systemd);

} // namespace left4me
