#pragma once

#include "system/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

// Where what somebody has published goes in a layer, so that the game finds it. Pure: from
// the names in an archive or a directory to a plan.

struct LayoutEntry {
    std::string path = {}; ///< as path_of_entry gives it
    bool directory = false;
    bool link = false;
    std::uint64_t bytes = 0;
};

/// What an operator says about it.
struct LayoutChoice {
    std::optional<std::string> into =
        {}; ///< all of it, below this directory of the layer; "" is its top
    std::uint64_t strip = 0;         ///< so many folders are taken off each name first
    bool operator==(const LayoutChoice&) const = default;
};

/// One entry and what it becomes.
struct Placement {
    std::string from;
    std::string to;
    bool directory;
    bool operator==(const Placement&) const = default;
};

/// What was found on the top of the game's content, and what it becomes with all that is in it.
struct LayoutMove {
    std::string from;
    std::string to;
    bool directory;
    std::uint64_t files;
    std::uint64_t placements; ///< how many of the plan's are its own: all in the order of moves
    bool as_it_is;            ///< nothing in it is left out or gets another name
};

struct LayoutPlan {
    std::string root; ///< the folder that it was found in; "" is the top
    std::vector<LayoutMove> moves;
    std::vector<Placement> placements; ///< all of them; a directory before what is in it
    std::vector<std::string> left_out; ///< a folder with '/' behind its name
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::uint64_t renamed = 0; ///< of the files, into lower case
    bool links = false;        ///< some of them are symbolic links

    /// One line for people: "3 files, 82 B", or "3 files added, …", then what goes where, and
    /// what is left out.
    [[nodiscard]] std::string summary(std::string_view done = "") const;
};

/// bad_data where nothing says where it belongs, with the names on its top and the way out;
/// where two entries would become one file; and where there is nothing.
Result<LayoutPlan> plan_layout(const std::vector<LayoutEntry>& entries, const LayoutChoice& choice);

} // namespace left4me
