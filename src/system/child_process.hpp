#pragma once

#include "system/error.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace left4me {

/// Starts program (looked up nowhere: a path) with all signals unblocked. That it
/// could not be run is an Error here, not a status of the child. name is for the
/// message.
Result<pid_t> start_child(const std::string& program, std::string_view name,
                          std::vector<std::string> command, std::vector<std::string> environment);

/// As execve() takes words, with the null pointer behind them: for as long as the words stay.
std::vector<char*> pointers_to(std::vector<std::string>& words);

/// As a shell has it: the exit status, or 128+N for a signal N.
int shell_status(int wait_status);

} // namespace left4me
