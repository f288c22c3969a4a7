#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>

namespace left4me {

/// Removes Windows' programs and libraries (.exe, .dll) from a tree, and tells how many there
/// were. steamcmd leaves some of them behind when it goes over to Linux' files; a server for
/// Linux does without them (ValveSoftware/Source-1-Games#1146).
Result<std::uint64_t> remove_windows_files(const Directory& tree);

} // namespace left4me
