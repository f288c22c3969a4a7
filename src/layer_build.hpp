#pragma once

#include "build_run.hpp"

#include <string_view>

namespace left4me {

/// Runs a script in a work copy, as user left4me, and leaves a tree that this user can
/// publish or remove, however the script has ended. Its status; see
/// call_script_sandbox. bad_data for an empty script.
Result<int> build_in(const WorkCopy& copy, BuildAbi abi, std::string_view script);

} // namespace left4me
