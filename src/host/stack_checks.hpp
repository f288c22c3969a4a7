#pragma once

#include "host/host.hpp"
#include "model/instance_spec.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <string_view>

namespace left4me {

// What a spec says, held against the layers that lie on this host. file is for messages.

/// bad_data, naming the layer and its line of file, for a layer that is
/// missing, not a directory, reached through a link, or with a link that
/// leads to nothing in a cache, to another layer or into the installation.
Result<void> check_layers(const Host& host, const Directory& state, std::string_view file,
                          const InstanceSpec& spec);

/// bad_data, naming the line of file, for a path to hide that no layer has.
Result<void> check_hidden(const Directory& state, std::string_view file, const InstanceSpec& spec);

/// not_found where no layer has a srcds_linux or srcds_run to start, bad_data where
/// there is only the latter, and an argument that it would change.
Result<void> check_game(const Host& host, const Directory& state, const InstanceSpec& spec);

} // namespace left4me
