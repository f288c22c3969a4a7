#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <string>
#include <sys/stat.h>

namespace left4me {

/// No walk goes deeper: no layer is so deep, and none will be.
constexpr int deepest_tree = 200;

/// One entry of a tree, as a walk comes to it.
struct TreeEntry {
    const Directory& directory; ///< that it is in
    const std::string& name;
    const struct stat& status; ///< its own: no link is followed

    /// Its path, quoted, for messages.
    [[nodiscard]] std::string shown() const;
};

/// What is done on a walk. An Error ends it, unless failed() has it pass over the entry.
class TreeVisitor {
public:
    virtual ~TreeVisitor() = default;

    /// A file, a link or anything else that is no directory.
    virtual Result<void> visit(const TreeEntry& entry) = 0;

    /// A directory, before what is in it and after that; the tree's own is not among them.
    virtual Result<void> enter(const TreeEntry& /*entry*/, const Directory& /*below*/) { return {}; }
    virtual Result<void> leave(const TreeEntry& /*entry*/, const Directory& /*below*/) { return {}; }

    /// An entry that could not be looked at, entered or visited: the walk ends with that Error,
    /// or passes over the entry.
    virtual Result<void> failed(Error error) { return std::unexpected(std::move(error)); }
};

/// Goes through all that is in a directory, in the order of names, following no link. bad_data
/// for directories that are more than deepest_tree deep; cancelled on Ctrl-C.
///
/// Three do not go by it: what empties a tree (tree_removal) and what mends one (tree_mending)
/// must come to any depth, and tree_compare walks two at once.
Result<void> walk_tree(const Directory& tree, TreeVisitor& visitor);

} // namespace left4me
