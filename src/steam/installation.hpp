#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// Both trees of the game, open.
struct InstallationTrees {
    Host host;
    Directory state;
    Directory present; ///< what servers are given
    Directory next;    ///< what steamcmd works on: a copy, or the tree before
};

Result<InstallationTrees> open_installation_trees(const Host& host);

/// Whether the tree has what steamcmd brings: the game can be run from it.
Result<bool> is_whole(const Directory& tree);

/// The build that the tree's manifest names.
std::optional<std::string> build_of(const Directory& tree);

/// The build in a Steam manifest (appmanifest_222860.acf); none where it names none.
std::optional<std::string> parse_build(std::string_view manifest);

/// The servers that have the tree mounted.
Result<std::vector<InstanceName>> servers_on(const Host& host, const Directory& tree);

/// busy while a server has the next tree mounted: what is mounted is never changed.
Result<void> require_unused(const InstallationTrees& trees);

} // namespace left4me
