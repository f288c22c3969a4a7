#pragma once

#include "error.hpp"
#include "instance_name.hpp"

namespace left4me {

enum class OverlayVerb { mount, umount, purge };

struct OverlayRequest {
    OverlayVerb verb;
    InstanceName name;
    bool print; ///< show the plan, touch nothing
};

Result<OverlayRequest> parse_overlay_request(int argc, const char* const* argv);

/// Acts, and tells systemd the reason of a failure as the unit's status.
Result<int> run_overlay(const OverlayRequest& request);

} // namespace left4me
