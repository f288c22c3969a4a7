#pragma once

#include "console/verb.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <cstdint>

namespace left4me {

// What programs that work on one server have in common.

/// The word NAME.
Parameter server_word();

Result<InstanceName> server_of(const Arguments& arguments);

/// How many past messages may be asked for at once.
constexpr std::uint64_t max_log_lines = 1'000'000;

/// Seconds since 1970, as far as a helper's grammar has digits for them.
constexpr std::uint64_t max_log_since = 9'999'999'999;

} // namespace left4me
