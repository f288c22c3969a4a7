#pragma once

#include "error.hpp"

#include <string>
#include <vector>

namespace left4me {

/// Runs one of the package's helpers as root: sudo -n HELPER ARGUMENTS…, on
/// this process's stdout and stderr. What the helper said and its status are
/// passed on (an Error without a message). On Ctrl-C the helper is let go of,
/// waited for, and the Error is cancelled.
Result<void> call_helper(const std::string& helper, const std::vector<std::string>& arguments);

/// Goes on as another of the package's programs, as this user and with an environment
/// of nothing but a language. Returns only if that fails.
Result<int> become_program(const std::string& program, const std::vector<std::string>& arguments);

/// Standard output of an ordinary program, run as this user; at most limit
/// bytes. An Error if it does not end with status 0.
Result<std::string> output_of(const std::vector<std::string>& command, std::size_t limit);

} // namespace left4me
