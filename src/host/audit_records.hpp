#pragma once

#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>
#include <utility>
#include <vector>

namespace left4me {

/// The kernel's audit records of programs that a filter of system calls ended, as it sends them to
/// whoever listens, with or without an audit daemon (netlink(7), NETLINK_AUDIT; audit_seccomp() of
/// the kernel). It sends them to its first network namespace alone.
class AuditRecords {
public:
    /// Listens from now on. For root.
    static Result<AuditRecords> open();

    /// What has come until now, of all programs of the machine. That nothing has come proves
    /// nothing by itself: a child of this process is ended by a filter first, whose record must be
    /// among them. unavailable where it is not, or where records were lost.
    Result<std::vector<std::string>> take();

private:
    explicit AuditRecords(FileDescriptor socket) : socket_(std::move(socket)) {}

    FileDescriptor socket_;
};

} // namespace left4me
