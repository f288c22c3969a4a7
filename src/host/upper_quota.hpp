#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>

namespace left4me {

/// What one server may keep of its own, upper and work together, where the file system
/// limits projects (ext4 and xfs that are mounted with prjquota).
constexpr std::uint64_t upper_most_bytes = std::uint64_t{16} << 30U;
constexpr std::uint64_t upper_most_files = 500'000;

/// Whether the file system of that directory does. Needs no privilege.
bool limits_projects(const Directory& directory);

/// Makes upper and work a project of their own, and limits it unless it has a limit
/// already: an operator's setquota stays. Files that were there before are not counted.
/// Without project quotas nothing is done. As root; what is written through the overlay
/// is charged, because the mounter has no CAP_SYS_RESOURCE.
Result<void> limit_upper(const Directory& runtime, const Directory& upper, const Directory& work);

/// Forgets the limit, before runtime/NAME is removed: its number is given out again.
Result<void> forget_upper_limit(const Directory& runtime);

} // namespace left4me
