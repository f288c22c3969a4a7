#pragma once

#include "model/engine_view.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstddef>

namespace left4me {

/// Shows the game's view the files and links of a layer, until budget files and directories,
/// which it counts down, have been seen. What cannot be read is passed over. cancelled on Ctrl-C.
Result<EngineView> view_layer(const Directory& layer, std::size_t& budget);

} // namespace left4me
