#pragma once

#include "error.hpp"
#include "instance_name.hpp"
#include "overlay_plan.hpp"

namespace left4me {

enum class OverlayVerb { mount, umount, purge };

struct OverlayRequest {
    OverlayVerb verb;
    InstanceName name;
    bool print;       ///< show the plan, touch nothing
    LayerRoute route; ///< of a mount
};

Result<OverlayRequest> parse_overlay_request(int argc, const char* const* argv);

/// Acts, and tells systemd the reason of a failure as the unit's status.
Result<int> run_overlay(const OverlayRequest& request);

} // namespace left4me
