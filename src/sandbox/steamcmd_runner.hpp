#pragma once

#include "host/host.hpp"
#include "system/error.hpp"

namespace left4me {

/// Runs steamcmd as a child of the first process of its pid namespace: takes the terminal that
/// it is to speak on, and what it is to do, from the socket on standard input, cuts itself off
/// from abstract sockets, and reaps what is orphaned. Once steamcmd has ended, so does all that
/// it left running. Its status, 128+N for a signal N; 126 or 127 where it cannot be run.
Result<int> run_steamcmd_of_unit(const Host& host);

} // namespace left4me
