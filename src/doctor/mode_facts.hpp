#pragma once

#include "doctor/state_findings.hpp"
#include "host/host.hpp"
#include "system/error.hpp"

namespace left4me {

/// Looks at what others could write or enter below the state directory. As user left4me, else
/// not_permitted.
Result<ModeFacts> read_modes(const Host& host);

} // namespace left4me
