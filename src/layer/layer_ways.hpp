#pragma once

#include "host/host.hpp"
#include "model/layer_ref.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>

namespace left4me {

// The directories of builds/, versions/ and overlays/ on the way to a layer.

/// What a ref lies within; none for one of a single part.
std::optional<LayerRef> above(const LayerRef& ref);

/// Its last part.
std::string name_of(const LayerRef& ref);

/// A directory with nothing in it that left4me did not publish: of the way to another layer, or
/// made by hand. It is no layer.
Result<bool> is_bare(const Directory& directory);

/// Removes the older versions of a layer, and then its history and daily script.
Result<void> remove_past(const Directory& versions);

/// Removes the directories on the way to a layer that is gone, as far as they are empty and no
/// change of a layer below them is under way, which has them open. The caller holds no lock
/// of theirs.
void remove_empty_ways(const Host& host, const LayerRef& ref);

} // namespace left4me
