#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace left4me {

/// A process.
struct Holder {
    pid_t process;
    std::string program; ///< as it calls itself
};

/// One in whose mount namespace, or that of a thread of it, a server's tree is mounted that is
/// mounted in PID 1's no more: as long as it has that namespace, the file system of the tree
/// lives, and writes its upper directory.
struct MountHolder {
    InstanceName server;
    Holder holder;
};

/// The servers' trees in a table of mounts (proc_pid_mountinfo(5)), each with its device.
std::vector<std::pair<InstanceName, std::string>> trees_in(const Host& host, std::string_view mountinfo);

/// All of them that /proc shows, one of each namespace; for root, for others see only their
/// own. A namespace without a process, or whose processes have another root directory, shows
/// nothing.
Result<std::vector<MountHolder>> find_mount_holders(const Host& host);

/// Those that have a descriptor of a mount namespace in which nobody is: what is mounted there
/// is not to be seen.
Result<std::vector<Holder>> find_namespace_holders();

/// "process 123 ('sleep')", for messages.
std::string describe(const Holder& holder);

} // namespace left4me
