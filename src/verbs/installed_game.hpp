#pragma once

#include "host/host.hpp"
#include "system/error.hpp"

#include <optional>
#include <string>

namespace left4me {

/// The game that servers are given.
struct InstalledGame {
    bool is_there; ///< whole enough to be run
    std::optional<std::string> build; ///< none: its manifest names none
};

Result<InstalledGame> find_installed_game(const Host& host);

} // namespace left4me
