#pragma once

#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

// What left4me-systemctl does with the units of servers, as root.

/// Starts the server, now and at every boot, by the unit's files as they are now
/// (systemd reads them anew where it has not). On failure the message is the reason
/// that the unit itself gave, where it gave one. not_found, and nothing is done, for a
/// server that has nothing to be started with.
Result<void> enable_now(const Host& host, Systemd& systemd, const InstanceName& name);

/// Restarts the server with its layers mounted anew, or starts it. Whether it is started at
/// boot stays as it is. Fails as enable_now does.
Result<void> restart_now(const Host& host, Systemd& systemd, const InstanceName& name);

/// Stops the server, now and for every boot, and waits until it is unmounted. A
/// server that was never started is no error. The lines say what the operator should know of a
/// stop that succeeded: that the game was killed, and who keeps its file system alive.
Result<std::vector<std::string>> disable_now(const Host& host, Systemd& systemd,
                                             const InstanceName& name);

/// Starts the purge unit, which removes runtime/NAME, and waits. Refuses
/// (busy) unless the server's units are down.
Result<void> purge(Systemd& systemd, const InstanceName& name);

/// Has one restarted on its layers as they are now, and waits for nothing, as below. One that does
/// not run is left alone.
Result<void> restart_empty(Systemd& systemd, const InstanceName& name);

/// Has one restarted whose game hangs, and waits for nothing: its stop may take long.
Result<void> restart_hung(Systemd& systemd, const InstanceName& name);

/// Starts the unit that puts the new installation in the place of the old one,
/// and waits.
Result<void> publish_installation(Systemd& systemd);

/// Starts the unit that looks at the processes of servers (see inspect_servers),
/// and waits.
Result<void> start_inspection(Systemd& systemd);

} // namespace left4me
