#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <vector>

namespace left4me {

// The older versions of one layer, versions/REF/N.

/// Their numbers, ascending.
Result<std::vector<std::uint64_t>> numbers_in(const Directory& versions);

/// Whether a server has that tree mounted. What cannot be told may be.
bool is_mounted(const Directory& tree);

/// Removes those that neither a server nor the host's settings keep. What cannot be removed
/// now is for the next time.
void remove_unkept(const Directory& versions);

} // namespace left4me
