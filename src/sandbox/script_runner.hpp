#pragma once

#include "system/error.hpp"

namespace left4me {

/// Runs the script of one build as the first process of its pid namespace, in
/// /overlay: cuts itself off from abstract sockets, reaps what is orphaned, ends when
/// nobody reads the output any more. Once the script has ended, so does all that it
/// left running, and what it left in /overlay is mended. The script's status, 128+N for
/// a signal N.
Result<int> run_script();

} // namespace left4me
