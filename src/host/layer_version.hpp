#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <optional>

namespace left4me {

/// The number of a layer's version, an attribute of its directory: so it goes where
/// that goes, by the one rename that publishes it. None for a layer made by hand, and
/// for what is no number: user left4me may write there what it likes.
std::optional<std::uint64_t> read_layer_version(const Directory& layer);

Result<void> write_layer_version(const Directory& layer, std::uint64_t version);

} // namespace left4me
