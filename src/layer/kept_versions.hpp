#pragma once

#include "host/host.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <vector>

namespace left4me {

// The older versions of one layer, versions/REF/N.

/// Their numbers, ascending.
Result<std::vector<std::uint64_t>> numbers_in(const Directory& versions);

/// Whether a server has that tree mounted. What cannot be told may be.
bool is_mounted(const Host& host, const Directory& tree);

/// Removes one of them. It is gone at once, however long its removal takes: half of a version is
/// none to go back to.
Result<void> remove_version(const Directory& versions, std::uint64_t number);

/// Removes what is left of versions whose removal was cut off.
Result<void> finish_removals(const Directory& versions);

/// Removes those that neither a server nor the host's settings keep. What cannot be removed
/// now is for the next time.
void remove_unkept(const Host& host, const Directory& versions);

} // namespace left4me
