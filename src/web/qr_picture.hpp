#pragma once

#include "system/error.hpp"
#include "web/markup.hpp"

#include <string_view>

namespace left4me::web {

/// A QR code of that text, as an SVG that a page's style colours. bad_data: more text than one holds.
Result<Markup> qr_picture(std::string_view text);

} // namespace left4me::web
