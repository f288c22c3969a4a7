#pragma once

#include "model/job_request.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// What is done to one layer by a job.
enum class LayerAct {
    build,     ///< by a script that comes along
    rebuild,   ///< by the script that a daily layer keeps
    forget,    ///< that script: the layer is not daily any more
    roll_back, ///< to an older version
    remove
};

/// "build", "rebuild", "forget", "rollback", "delete"
std::string_view word_for(LayerAct act);
std::optional<LayerAct> parse_layer_act(std::string_view word);

/// How a layer is to be built.
struct LayerScript {
    std::string text; ///< for bash
    bool multiarch = false; ///< it may run 32-bit programs, too
    bool daily = false;     ///< the layer keeps it, and is built by it each day
};

/// What a build is to do; bad_data for a script that is empty, or too long.
Result<JobRequest> build_request(const LayerRef& layer, const LayerScript& script);

/// The script of what build_request gave.
LayerScript script_of(const JobRequest& request);

/// What another act is to do; version: of roll_back, which goes to the newest without one.
Result<JobRequest> request_for(LayerAct act, const LayerRef& layer,
                               std::optional<std::uint64_t> version = {});

} // namespace left4me
