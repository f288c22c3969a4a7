#pragma once

#include "model/build_run.hpp"
#include "system/error.hpp"

namespace left4me {

/// left4me-share REF ID: moves the large files of a work copy into global_overlay_cache.
/// l4d2ctl calls it, as user left4me.
struct ShareRequest {
    WorkCopy copy;
};

Result<ShareRequest> parse_share_request(int argc, const char* const* argv);
Result<int> run_share_request(const ShareRequest& request);

} // namespace left4me
