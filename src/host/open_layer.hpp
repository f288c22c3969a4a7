#pragma once

#include "model/layer.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

namespace left4me {

/// A layer's directory, beneath the state directory. not_found where there is none, bad_data
/// where there is something else, in words that an operator who named the layer can use.
Result<Directory> open_layer(const Directory& state, const Layer& layer);

} // namespace left4me
