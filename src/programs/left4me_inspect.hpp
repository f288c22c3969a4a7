#pragma once

#include "system/error.hpp"

namespace left4me {

struct InspectRequest {};

Result<InspectRequest> parse_inspect_request(int argc, const char* const* argv);
Result<int> run_inspect(const InspectRequest& request);

} // namespace left4me
