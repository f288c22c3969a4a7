#pragma once

#include "console/verb.hpp"

#include <string>

namespace left4me {

// Completion for shells, made from a program's table of verbs. frame is the script that
// does the rest; the table goes where it has the line "#@VERBS@".

std::string bash_completion(const Program& program, std::string frame);
std::string zsh_completion(const Program& program, std::string frame);
std::string fish_completion(const Program& program, std::string frame);

} // namespace left4me
