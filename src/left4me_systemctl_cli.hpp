#pragma once

#include "error.hpp"
#include "instance_name.hpp"

namespace left4me {

enum class UnitVerb { enable, disable, purge, show };

struct UnitRequest {
    UnitVerb verb;
    InstanceName name;
};

Result<UnitRequest> parse_unit_request(int argc, const char* const* argv);
Result<int> run_unit_request(const UnitRequest& request);

} // namespace left4me
