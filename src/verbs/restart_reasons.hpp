#pragma once

#include "host/server_inspection.hpp"

#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// Why a running server is not what its next start would be.
struct RestartFacts {
    bool settings_differ = false;           ///< initialize since its start
    std::vector<std::string> newer_layers = {};  ///< those that changed; the game is "installation"
    std::optional<std::string> build = {};           ///< of the game, that it runs on
    std::optional<std::string> installed_build = {}; ///< that it would run on
    bool needs_reload = false;              ///< systemd has not read the unit's files anew
    std::vector<std::string> newer_files = {};   ///< of its units, changed since it was started
    std::optional<ServerInspection> inspection = {}; ///< none: nobody could look
};

/// In plain words, one reason each; empty: it needs no restart.
std::vector<std::string> restart_reasons(const RestartFacts& facts);

} // namespace left4me
