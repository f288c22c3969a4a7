#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <cstddef>

namespace left4me {

/// More than one host can have.
constexpr std::size_t max_servers = 1024;

/// Whether systemd starts a server at boot: the link in multi-user.target.wants that
/// `systemctl enable` makes. Not asked of systemd, which would want to read all units
/// of the host again after it: that holds it up for 25 ms for each server that runs,
/// and until it is done systemctl warns of every unit. Both sync, and find what is
/// done already no error; no more than max_servers are made. For root; the caller is in the mount
/// namespace of PID 1 afterwards.
Result<void> make_boot_link(const InstanceName& name);
Result<void> remove_boot_link(const InstanceName& name);

} // namespace left4me
