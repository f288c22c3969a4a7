#pragma once

#include "system/error.hpp"

namespace left4me {

/// Loads the packet rules of servers and builds and keeps them, with the filter of their
/// sockets (socket_rules), until this process is ended. The table is this
/// process's: whatever else changes the host's rules ("flush ruleset", with which those of
/// nftables.service begin) passes over it, so it is never away, not for a moment. It
/// stays when the process ends, and the next one takes it over. Tells systemd when all is
/// in force.
Result<void> keep_network_rules();

/// Has the process that keeps them load their files anew, and waits. Rules with an error
/// in them change nothing: the Error has nft's words.
Result<void> reload_network_rules();

} // namespace left4me
