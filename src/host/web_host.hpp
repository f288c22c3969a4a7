#pragma once

#include "host/host.hpp"
#include "system/key_value_lines.hpp"

#include <string>

namespace left4me {

/// In host.env: HOST or HOST:PORT by which browsers reach the web program, with TLS.
inline constexpr const char* web_host_key = "LEFT4ME_WEB_HOST";

/// Its value, in small letters, as a Host header has it; empty: there is none. bad_data, with the
/// line, for a value that cannot be.
Result<std::string> parse_web_host(std::string_view file, const KeyValue& setting);

/// The one that a host's settings have; read anew each time.
Result<std::string> web_host(const Host& host);

} // namespace left4me
