#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <optional>

namespace left4me {

enum class UnitVerb { enable, disable, purge, show, publish_installation, inspect };

struct UnitRequest {
    UnitVerb verb;
    std::optional<InstanceName> name; ///< none for publish_installation and inspect
};

Result<UnitRequest> parse_unit_request(int argc, const char* const* argv);
Result<int> run_unit_request(const UnitRequest& request);

} // namespace left4me
