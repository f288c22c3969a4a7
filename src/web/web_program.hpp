#pragma once

#include "host/host.hpp"
#include "system/error.hpp"

namespace left4me::web {

/// Serves the web program until SIGTERM, on the sockets that systemd hands over
/// (left4me-web.socket). Tells systemd when it serves, and that its loop goes on. An Error where
/// it cannot: no socket, a setting that cannot be, a database that is damaged or newer.
Result<void> serve_web(const Host& host);

} // namespace left4me::web
