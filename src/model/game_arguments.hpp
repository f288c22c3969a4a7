#pragma once

#include "system/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// The map that Valve's srcds_run starts with where no argument names one: the game by
/// itself would load none.
constexpr std::string_view default_map = "c1m1_hotel";

/// The rules for arguments of a new spec, beyond check_argument's: words that the engine
/// takes for its port or address, and words that only Valve's srcds_run knows, which runs
/// no more. bad_data with the reason. (What 0.1.0 accepted is not refused later: see
/// without_wrapper_words.)
Result<void> check_game_argument(std::string_view argument);

/// bad_data for arguments that become a reserved word only when the engine takes its
/// command line apart: it puts each in quotes and splits the line again, so a quote
/// within one ends it.
Result<void> check_game_arguments(const std::vector<std::string>& arguments);

struct GameArguments {
    std::vector<std::string> kept;
    std::vector<std::string> dropped;
};

/// Takes out the words that only srcds_run knows, with their values.
GameArguments without_wrapper_words(const std::vector<std::string>& arguments);

/// Whether the game gets a map from its arguments, or is told to have none.
bool names_a_map(const std::vector<std::string>& arguments);

/// The rule for a tree that has Valve's srcds_run alone, a script that expands its words
/// without quotes: bad_data for one that would be split, vanish, or become the names of
/// files.
Result<void> check_for_wrapper(const std::vector<std::string>& arguments);

/// Whether a quote has no partner, as the engine's console reads a line of server.cfg or an
/// argument: from // on, outside quotes, it is a comment.
bool has_open_quote(std::string_view line);

} // namespace left4me
