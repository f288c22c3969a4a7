#pragma once

#include "doctor/findings.hpp"
#include "system/error.hpp"

#include <string>
#include <string_view>

namespace left4me {

// What the host is made of, judged: pure, facts to findings.

/// The profile that a server's unit names.
inline const std::string apparmor_profile = "left4me-server";

/// uname's release.
Findings judge_kernel(std::string_view release);
/// systemd's version.
Findings judge_systemd(std::string_view version);
/// /proc/sys/kernel/yama/ptrace_scope; not_found: the kernel has no Yama.
Findings judge_ptrace(const Result<std::string>& scope);

struct AppArmor {
    bool on;                      ///< in the kernel and not switched off
    Result<std::string> profiles; ///< the kernel's list, "NAME (MODE)" a line
};
Findings judge_apparmor(const AppArmor& facts);

/// /sys/kernel/security/lsm: names with commas between them.
Findings judge_bpf(const Result<std::string>& security_modules);

} // namespace left4me
