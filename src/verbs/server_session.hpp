#pragma once

#include "host/host.hpp"
#include "host/host_lock.hpp"
#include "host/instance_store.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <string_view>

namespace left4me {

// What the verbs that change a server begin with.

/// The instance's lock and its directory.
struct ServerSession {
    InstanceLock lock;
    InstanceStore store;
};

/// busy when another process has the lock; verb is what that one is told.
Result<ServerSession> lock_instance(const Host& host, const InstanceName& name, std::string_view verb);

/// The same with nothing half done in it.
Result<ServerSession> open_session(const Host& host, const InstanceName& name, std::string_view verb);

/// Checks what the server's spec needs of this host, and writes what its next mount is made of.
Result<void> write_live(const InstanceStore& store, const InstanceName& name, Report& report);

} // namespace left4me
