#pragma once

#include "model/game_port.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// Cuts this process and its children off from abstract unix sockets and
/// signals of all others, and from TCP ports but its own one (none: any port that the
/// kernel chooses, as for all): while another
/// server is down, who listens at its port is told its RCON password. (UDP ports
/// stay free within the unit's range: the game takes the next one by itself when
/// 27005 or 27020 is taken.) And from listing directories but those of the system and of
/// trees, which are its own: in the caches it finds by name what its layers' links
/// name, and nothing else. By Landlock, kernel 6.12, for good. Where the kernel
/// has no Landlock or an older one, a line on stderr says so and the rest of the
/// sandbox stands alone.
Result<void> scope_process(std::optional<GamePort> port, const std::vector<std::string>& trees);

} // namespace left4me
