#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

// The field of a blueprint's layers, as somebody has written it: a line each, "REF" or "REF ALIAS".

struct LayerLine {
    std::string ref;
    std::string alias; ///< and whatever else stands there
};

/// Lines that have something in them.
std::vector<LayerLine> layer_lines(std::string_view text);

/// The same lines after a button was pressed: "up REF", "down REF" or "remove REF", of the first line
/// with that layer. As they were for anything else.
std::string moved_layers(std::string_view text, std::string_view move);

} // namespace left4me::web
