#pragma once

#include "host/host.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

// Names alone, in natural order: at once, however much there is to tell of each.

Result<std::vector<std::string>> server_names(const Host& host);
Result<std::vector<std::string>> layer_names(const Host& host);

} // namespace left4me
