#pragma once

#include "host/host.hpp"
#include "layer/layer_history.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "verbs/layer_build.hpp"
#include "verbs/layer_state.hpp"
#include "verbs/listing.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// The verbs of l4d2ctl overlay, as user left4me. Each that changes a layer makes its next
/// version, whose number it gives, or leaves the layer as it was; a layer that another
/// process changes is busy.

/// All layers, sorted.
Result<Listing<LayerState>> list_layers(const Host& host, Report& report);

/// What is known of a layer without a look at its files.
struct LayerOutline {
    LayerRef ref;
    std::uint64_t version;
    bool daily; ///< it keeps a script that makes it anew each day
    std::optional<LayerChangeRecord> last; ///< the newest change that was tried
};

/// All layers, sorted, at once, however large they are.
Result<Listing<LayerOutline>> outline_layers(const Host& host, Report& report);

/// not_found where there is no such layer, here and below.
Result<LayerState> show_layer(const Host& host, const LayerRef& ref);

/// An empty layer; bad_data where there is one.
Result<std::uint64_t> create_layer(const Host& host, const LayerRef& ref);

/// build_layer, after which downloads that no layer has any more are removed.
Result<int> change_by_script(const Host& host, const BuildOrder& order, Report& report);

/// Rebuilds these daily layers by the scripts that were kept, or (none named) all of them,
/// one after the other. One that fails is a warning, stays as it was and stops no other;
/// the Error, bad_data, comes after all. not_found for one that is not daily.
Result<void> rebuild_daily_layers(const Host& host, const std::vector<LayerRef>& refs, Report& report);

/// The layer is not daily any more; not_found if it was not before.
Result<void> forget_daily(const Host& host, const LayerRef& ref);

/// Removes a layer with its older versions; busy while a server names it or runs on it.
Result<void> delete_layer(const Host& host, const LayerRef& ref);

struct LayerPast {
    LayerHistory history;
    std::vector<std::uint64_t> kept; ///< the versions that can be gone back to, ascending
};
Result<LayerPast> layer_past(const Host& host, const LayerRef& ref);

/// Makes an older version that is kept the layer's next one; the newest of them if none is
/// named.
Result<std::uint64_t> roll_back_layer(const Host& host, const LayerRef& ref,
                                      std::optional<std::uint64_t> version, Report& report);

} // namespace left4me
