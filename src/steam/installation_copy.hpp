#pragma once

#include "model/steam_account.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

enum class InstallationVerb {
    install, ///< where nothing is installed; else as update
    update,  ///< not_found where nothing is installed
};

struct InstallationOrder {
    InstallationVerb verb;
    SteamAccount account;
    bool validate; ///< have steamcmd check every file
};

/// Told what an installation does as it goes on.
struct InstallationReport {
    std::function<void(std::string_view)> step;
    /// Bytes done of total in a phase of steamcmd's.
    std::function<void(std::string_view phase, std::uint64_t done, std::uint64_t total)> progress;
};

/// Brings the game into the installation by steamcmd, as user left4me. steamcmd works
/// on installation.next, a copy or the tree before; when that is whole, root exchanges
/// the two. So the installation is never half of anything, and servers keep the one
/// that they run on. Refused (busy) while another one does this, or a server still
/// stands on what would be changed. Killed at any place, the next run goes on.
///
/// Password and Steam Guard code are asked for on the terminal, kept in memory alone,
/// and given to steamcmd's terminal.
Result<void> bring_up_to_date(const InstallationOrder& order, const InstallationReport& report);

/// The build in a Steam manifest (appmanifest_222860.acf); none where it names none.
std::optional<std::string> parse_build(std::string_view manifest);

} // namespace left4me
