#pragma once

#include "web/router.hpp"

#include <span>

namespace left4me::web {

/// Every address of the program, in one table.
std::span<const Route> all_routes();

} // namespace left4me::web
