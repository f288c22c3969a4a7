#pragma once

#include "model/instance_spec.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <string_view>
#include <vector>

namespace left4me {

/// Where left4me writes server.cfg and server_ALIAS.cfg, in the generated layer as in any
/// other.
inline constexpr const char* generated_directory = "left4dead2/cfg";

/// server.cfg, or server_ALIAS.cfg of a valid alias.
bool is_generated_name(std::string_view file);

/// Removes from upper, which is not mounted, the server's own copies of the files that are
/// generated in layer: they would hide newer ones. What else has such a name was written by
/// the server or its plugins, and stays.
Result<void> clear_copies(const Directory& layer, const Directory& upper);

/// Whiteouts of the paths in the generated layer, which lies above all others.
Result<void> hide(const Directory& layer, const std::vector<InstanceSpec::Hidden>& paths);

} // namespace left4me
