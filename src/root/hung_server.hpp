#pragma once

#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <string>

namespace left4me {

/// What the processes of a unit wait for: state, kernel function and system call of each of
/// their threads. 64 KiB at most; nobody is traced. CAP_SYS_PTRACE.
std::string describe_processes(Systemd& systemd, const std::string& unit);

/// Restarts a server whose game hangs, on the layers that it has: keeps what it does at that
/// moment in /var/lib/left4me/hung first, and tells of it by standard output. Four times an hour
/// and no more; one that runs no longer is left alone. As root.
Result<void> restart_hung_server(const Host& host, const InstanceName& name);

} // namespace left4me
