#pragma once

#include "console/verb.hpp"
#include "system/error.hpp"

#include <functional>
#include <string>

namespace left4me {

/// The verb that a command line names, and what it has for it.
struct Command {
    const Verb* verb; ///< of the program
    Arguments arguments;
};

/// Parses; an Error is usage, or ok with the text of --help and --version.
Result<Command> parse_command_line(const Program& program, int argc, const char* const* argv);

/// The same, and the words parsed into types; usage for those that are wrong.
Result<Act> parse_act(const Program& program, int argc, const char* const* argv);

/// The boundary of every program: runs act, prints its error as one line
/// "NAME: MESSAGE", and gives the status to end with. Exceptions (no memory)
/// end here too, as internal.
int run(const std::string& name, const std::function<Result<int>()>& act);

/// All that a program's main does.
int run_program(const Program& program, int argc, const char* const* argv);

} // namespace left4me
