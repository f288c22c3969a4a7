#pragma once

#include "system/error.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace left4me {

/// A parser with --version and left4me's habits.
void set_up(CLI::App& app);

/// Parses; an Error is usage, or ok with the text of --help and --version.
Result<void> parse_command_line(CLI::App& app, int argc, const char* const* argv);

/// The boundary of every program: runs act, prints its error as one line
/// "PROGRAM: MESSAGE", and gives the status to end with. Exceptions (no memory)
/// end here too, as internal.
int run_program(const std::string& program, const std::function<Result<int>()>& act);

} // namespace left4me
