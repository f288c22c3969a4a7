#pragma once

#include "root/script_sandbox.hpp"

namespace left4me {

Result<SandboxRequest> parse_sandbox_request(int argc, const char* const* argv);

/// The script's status; a failure of the helper itself is launch_failed, but for a
/// cancelled one.
Result<int> run_sandbox_request(const SandboxRequest& request);

} // namespace left4me
