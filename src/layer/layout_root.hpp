#pragma once

#include "layer/import_layout.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

// The part of plan_layout that finds the game in a tree of names.

/// A name of the archive with what lies in it.
struct Node {
    std::map<std::string, Node, std::less<>> children;
    std::string path; ///< in the archive, whole
    bool file = false;
    bool link = false;
    std::uint64_t bytes = 0;
};

/// Where one child of the root that was found goes.
struct Target {
    const Node* node;
    std::string to;
};

struct Root {
    const Node* node;
    std::vector<Target> targets;
};

/// Both joined; either may be empty.
std::string below(std::string_view directory, std::string_view name);

std::uint64_t files_in(const Node& node);

/// Under that path, which is the end of the entry's. bad_data where a file is there, or is to
/// be a folder, and for what is too deep.
Result<void> add_entry(Node& root, const LayoutEntry& entry, std::string_view path);

/// The topmost level that says what it is, going down as long as there is one folder alone.
/// bad_data where none does.
Result<Root> find_root(const Node& top);

} // namespace left4me
