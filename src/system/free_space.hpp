#pragma once

#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>

namespace left4me {

/// The bytes that a user without privilege may still write on the file system of a directory.
Result<std::uint64_t> free_bytes(const Directory& directory);

} // namespace left4me
