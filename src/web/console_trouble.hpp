#pragma once

#include "system/error.hpp"

#include <string>

namespace left4me::web {

/// Why a game took no command, and what there is to do about it.
struct ConsoleTrouble {
    std::string text;
    unsigned status; ///< of the answer
};

/// Of AskedGames::run.
ConsoleTrouble console_trouble(const Error& error);

} // namespace left4me::web
