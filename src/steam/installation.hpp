#pragma once

#include "host/host.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// The trees of the game that an update is about, open.
struct InstallationTrees {
    Host host;
    Directory state;
    Directory present; ///< what servers are given
    Directory next;    ///< what steamcmd works on: a copy, or an older tree
};

Result<InstallationTrees> open_installation_trees(const Host& host);

/// Whether the tree has what steamcmd brings: the game can be run from it.
Result<bool> is_whole(const Directory& tree);

/// The build that the tree's manifest names.
std::optional<std::string> build_of(const Directory& tree);

/// The build in a Steam manifest (appmanifest_222860.acf); none where it names none.
std::optional<std::string> parse_build(std::string_view manifest);

} // namespace left4me
