#pragma once

#include "host/host.hpp"
#include "host/host_lock.hpp"
#include "host/instance_store.hpp"
#include "host/mount_record.hpp"
#include "layer/own_files.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace left4me {

// A server's own tree (upper), and what it lies on.

Result<Directory> open_upper(const Directory& state, const InstanceName& name);

/// Those that its next start would mount, as far as they are there: what left4me generates
/// first, the installation last.
std::vector<LowerTree> next_layers(const InstanceStore& store, const InstanceName& name);

/// The very trees that are mounted; none unless all of them can be found.
std::optional<std::vector<Directory>> mounted_layers(const Directory& state, const InstanceName& name,
                                                     const MountRecord& record);

/// Nobody can mount it while the lock is held.
struct DownServer {
    InstanceLock lock;
    Directory upper;
};

/// busy unless the server is down and its lock is free; not_found where it never was mounted.
/// doing is for others who find it locked. A replacement of its tree that was cut off is finished.
Result<DownServer> take_down_server(const Host& host, const InstanceName& name, std::string_view doing);

} // namespace left4me
