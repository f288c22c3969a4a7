#pragma once

#include "model/instance_config.hpp"
#include "model/instance_spec.hpp"

#include <string>

namespace left4me {

// What is made of a spec.

InstanceConfig instance_config_of(const InstanceSpec& spec);

/// server.cfg, a line for each of config.
std::string server_cfg_of(const InstanceSpec& spec);

} // namespace left4me
