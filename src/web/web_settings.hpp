#pragma once

#include "system/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

/// /etc/left4me/web.env, which systemd hands over as a credential: no file of this program's view.
struct WebSettings {
    std::vector<std::string> hosts = {"localhost", "127.0.0.1"}; ///< and LEFT4ME_WEB_HOST
    bool proxy = false; ///< LEFT4ME_WEB_PROXY: what a proxy of this host says of its clients counts
    std::vector<std::string> unknown = {}; ///< keys that are no setting, by line
};

constexpr std::size_t max_web_settings_size = std::size_t{64} * 1024;

/// As host.env is written; bad_data, with the line, for a value that cannot be.
Result<WebSettings> parse_web_settings(std::string_view file, std::string_view text);

} // namespace left4me::web
