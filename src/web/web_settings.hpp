#pragma once

#include "system/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

/// /etc/left4me/web.env, which systemd hands over as a credential: no file of this program's view.
struct WebSettings {
    bool proxy = false; ///< LEFT4ME_WEB_PROXY: what a proxy of this host says of its clients counts
    std::int64_t servers_of_user =
        8; ///< LEFT4ME_WEB_SERVERS_OF_USER: so many may be made by who is no admin
    std::vector<std::string> unknown = {}; ///< keys that are no setting, by line
};

constexpr std::size_t max_web_settings_size = std::size_t{64} * 1024;

/// As host.env is written; bad_data, with the line, for a value that cannot be.
Result<WebSettings> parse_web_settings(std::string_view file, std::string_view text);

/// The names that browsers may know this program by: those of this host, and LEFT4ME_WEB_HOST
/// of host.env (HOST or HOST:PORT; "" for none), in lower case and without its port.
std::vector<std::string> known_hosts(std::string_view web_host);

} // namespace left4me::web
