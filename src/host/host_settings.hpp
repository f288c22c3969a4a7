#pragma once

#include "model/game_port.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// /etc/left4me/host.env, for programs without privilege only.
struct HostSettings {
    PortRange ports;
    std::string workshop_api = "https://api.steampowered.com"; ///< without a '/' at its end
    std::string steamcmd = "/usr/games/steamcmd"; ///< an absolute path
    std::size_t layer_history = 3; ///< older versions of a layer that are kept, 1 to 1000
    std::vector<std::string> unknown = {}; ///< what is no setting, as "line 3: 'LEFT4ME_STEAMCDM'"
};

constexpr std::size_t max_host_settings_size = 64 * 1024; ///< of host.env, in bytes

/// Lines KEY=value, blank lines and lines that begin with '#'. Keys of others are
/// noted as unknown; a value that cannot be is bad_data with the line.
Result<HostSettings> parse_host_settings(std::string_view file, std::string_view text);

/// Reads host.env in that directory; where there is none, the defaults hold.
Result<HostSettings> load_host_settings(const std::string& directory);

} // namespace left4me
