#pragma once

#include "doctor/findings.hpp"
#include "host/systemd.hpp"

namespace left4me {

/// Whether the kernel has AppArmor and it is not switched off.
bool apparmor_is_on();

/// The kernel, systemd, and what the kernel's security modules are set to.
Findings look_at_kernel(Result<Systemd>& systemd);

} // namespace left4me
