#pragma once

#include "layer/layer_history.hpp"
#include "layer/layer_store.hpp"
#include "model/engine_view.hpp"
#include "model/instance_name.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// A server that has a layer in its configuration or mounted.
struct LayerUser {
    InstanceName server;
    bool configured;                      ///< its next start needs the layer
    std::optional<std::uint64_t> mounted; ///< the version that it runs on
    bool current;                         ///< that is the layer as it is now
};

/// What l4d2ctl overlay show tells of one layer.
struct LayerState {
    LayerRef ref;
    std::uint64_t version;
    TreeSize size;
    std::vector<std::uint64_t> kept; ///< older versions, ascending
    std::vector<LayerUser> users;
    bool daily; ///< it keeps a script that makes it anew each day
    std::optional<LayerChangeRecord> last; ///< the newest change that was tried
    std::optional<EngineView> seen = {};    ///< by the game, of one that was asked for
    std::optional<std::string> sha256 = {}; ///< of the layer as overlay export writes it
};

/// All servers that have the layer in their spec, in what they were last started with,
/// or mounted; sorted.
Result<std::vector<LayerUser>> users_of(const LayerRef& ref, const LayerStore& layers);

/// not_found where there is no such layer.
Result<LayerState> read_layer_state(const LayerRef& ref, const LayerStore& layers);

} // namespace left4me
