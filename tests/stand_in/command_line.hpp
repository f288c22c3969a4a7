#pragma once

#include "console.hpp"

#include <span>
#include <string>
#include <vector>

namespace stand_in {

struct CommandLine {
    std::string game = "left4dead2"; ///< -game
    /// "+map c1m1_hotel" is the command "map" with its argument, as in the engine.
    std::vector<Command> commands;
};

/// What the engine makes of its arguments before it looks at them: one line, each word in
/// quotes, and words again.
std::vector<std::string> engine_words(std::span<const std::string> arguments);

/// 'arguments' without the program's name. As the engine does, it passes over
/// every -option it does not know.
CommandLine parse_command_line(std::span<const std::string> arguments);

} // namespace stand_in
