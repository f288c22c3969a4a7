#pragma once

#include "model/blueprint.hpp"
#include "model/instance_spec.hpp"
#include "system/error.hpp"

namespace left4me {

/// The blueprint that is the same as a server's spec, but for its port, and but for lines of its
/// configuration that set rcon_password, which the server keeps. bad_data with what of it no
/// blueprint can say.
Result<Blueprint> blueprint_of(const InstanceSpec& spec);

} // namespace left4me
