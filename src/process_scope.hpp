#pragma once

#include "error.hpp"

namespace left4me {

/// Cuts this process and its children off from abstract unix sockets and
/// signals of all others (Landlock scopes, kernel 6.12), for good. Where the
/// kernel has no Landlock or an older one, a line on stderr says so and the
/// rest of the sandbox stands alone.
Result<void> scope_process();

} // namespace left4me
