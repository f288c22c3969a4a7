#pragma once

#include "model/instance_name.hpp"
#include "root/overlay_plan.hpp"
#include "system/error.hpp"

#include <optional>

namespace left4me {

enum class OverlayVerb { mount, umount, purge, exchange_installation };

struct OverlayRequest {
    OverlayVerb verb;
    std::optional<InstanceName> name; ///< none for exchange_installation alone
    bool print;       ///< show the plan, touch nothing
    LayerRoute route; ///< of a mount
};

Result<OverlayRequest> parse_overlay_request(int argc, const char* const* argv);

/// Acts, and tells systemd the reason of a failure as the unit's status.
Result<int> run_overlay(const OverlayRequest& request);

} // namespace left4me
