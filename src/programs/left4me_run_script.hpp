#pragma once

#include "system/error.hpp"

namespace left4me {

Result<void> parse_run_script_request(int argc, const char* const* argv);

/// The script's status; a failure of the runner itself is launch_failed.
Result<int> run_script_request();

} // namespace left4me
