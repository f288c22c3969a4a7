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

/// Makes the next tree ready as prepare_next does where nothing has been begun, without what
/// steamcmd wrote down of it: it has to check every file. What was in it stays beside, until
/// drop_set_aside() or for as long as there is room for both.
Result<void> make_next_anew(const InstallationTrees& trees, bool installed, Report& report);

/// Removes what make_next_anew() set aside. Nothing there is no error.
Result<void> drop_set_aside(const Directory& next);

/// io if there is less room for what than bytes, on the file system of the next tree, and
/// what was set aside is no help: it goes first.
Result<void> require_room(const Directory& next, std::uint64_t bytes, std::string_view what);

/// The bytes of all files in the tree; none of one that cannot be read.
std::uint64_t size_of_files(const Directory& tree);

} // namespace left4me
