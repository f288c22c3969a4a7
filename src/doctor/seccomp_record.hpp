#pragma once

#include "doctor/findings.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A call that the kernel ended a program for, by a filter: its audit record of kind 1326
/// (security/audit of the kernel, audit_seccomp()).
struct SeccompRecord {
    std::string command; ///< of the process, 15 bytes at most
    std::string program; ///< its path, as the process saw it
    bool is_32_bit = false;
    unsigned call = 0; ///< its number
    bool operator==(const SeccompRecord&) const = default;
};

/// None for what is no such record, and for one of a call that was only logged.
std::optional<SeccompRecord> parse_seccomp_record(std::string_view text);

/// Those of programs in a directory: Check::killed. One call is expected, the reporter's ptrace.
/// records: unavailable where the kernel's records cannot be seen.
Findings judge_killed(const Result<std::vector<SeccompRecord>>& records, std::string_view directory);

} // namespace left4me
