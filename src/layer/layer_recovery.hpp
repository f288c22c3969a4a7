#pragma once

#include "host/host.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <string>

namespace left4me {

/// Where the parts of one layer lie.
struct LayerPlaces {
    Directory overlays; ///< the directory that the layer is, or will be, an entry of
    Directory builds;   ///< builds/REF
    Directory versions; ///< versions/REF
    std::string name;   ///< the last part of the ref
};

/// A work copy that is about to become the layer, in builds/REF; after the exchange, the
/// tree that was the layer. publish() writes the number and syncs before it gives a copy
/// this name, so after a crash the numbers tell which of the two it is.
inline const std::string ready_name = ".ready";

/// The tree that was a layer, in builds/REF, goes where its number is, or where the next free
/// one is: a layer made by hand in the place of another has none, and none may be lost.
Result<void> archive_replaced(const LayerPlaces& places);

/// Finishes or clears away what a process left of a change that it was killed at. For whoever
/// holds the layer's lock.
Result<void> recover_layer(const Host& host, const LayerPlaces& places);

} // namespace left4me
