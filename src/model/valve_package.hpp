#pragma once

#include <cstddef>
#include <string_view>

namespace left4me {

/// So much of a file tells whether it is a package of Valve's.
constexpr std::size_t package_header_size = 8;

/// Whether a file that begins so is one that the game loads from addons/ (.vpk): signature and
/// version 1 or 2, both little-endian (https://developer.valvesoftware.com/wiki/VPK_(file_format)).
bool is_package(std::string_view beginning);

} // namespace left4me
