#pragma once

#include "console/verb.hpp"
#include "system/error.hpp"

#include <vector>

namespace left4me {

/// The options of restart that have it wait until nobody plays.
std::vector<Parameter> waiting_options();

/// Whether one of them is given.
bool waits(const Arguments& arguments);

/// restart with one of them.
Result<Act> waiting_restart_act(const Arguments& arguments);

} // namespace left4me
