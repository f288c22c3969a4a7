#pragma once

#include "steam/installation.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace left4me {

/// Makes the next tree ready for steamcmd, which goes on with what is there: a copy of the
/// present installation, if there is one and nothing else has been begun. From here on it
/// is not to be published. A copy that was cut short counts for nothing.
Result<void> prepare_next(const InstallationTrees& trees, bool installed, Report& report);

/// io if there is less room for what than bytes, on the file system of the next tree.
Result<void> require_room(const Directory& next, std::uint64_t bytes, std::string_view what);

/// The bytes of all files in the tree; none of one that cannot be read.
std::uint64_t size_of_files(const Directory& tree);

} // namespace left4me
