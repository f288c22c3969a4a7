#pragma once

#include "doctor/state_findings.hpp"
#include "host/host.hpp"
#include "system/error.hpp"

namespace left4me {

/// The state directory's own, as anybody sees it.
ModeFacts read_top(const Host& host);

/// Looks at what others could write or enter below the state directory, beside what is known of its
/// top. As user left4me, else not_permitted.
Result<ModeFacts> read_modes(const Host& host, ModeFacts top);

} // namespace left4me
