#pragma once

#include "model/steam_account.hpp"
#include "steam/steamcmd_output.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <string>

namespace left4me {

/// What was measured on this host when steamcmd failed.
struct SteamFailureFacts {
    SteamAccount account;
    std::string directory; ///< that the game goes into
    std::string home;      ///< steamcmd's
    std::uint64_t free;    ///< bytes, for the directory
    std::string foreign;   ///< something in the two that this user does not own, quoted; or empty
    std::string logs;      ///< directory of steamcmd's own logs; empty: not known
};

/// The failure as this host has it: no_room where there is none, whatever steamcmd says.
SteamFailure measured(SteamFailure failure, std::uint64_t free);

/// What is told of a failure, with what to do about it.
Error explain(const SteamFailure& failure, const SteamFailureFacts& facts);

/// The first entry of a tree that is not this user's, quoted; or what kept from looking.
/// Empty: there is none.
std::string find_foreign(const Directory& tree);

} // namespace left4me
