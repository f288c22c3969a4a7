#pragma once

#include "verbs/instance_status.hpp"

#include <string>
#include <vector>

namespace left4me {

/// A table for many, a list of facts for one.
std::string format_status_table(const std::vector<InstanceStatus>& statuses);
std::string format_status_details(const InstanceStatus& status);

} // namespace left4me
