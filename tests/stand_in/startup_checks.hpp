#pragma once

#include <string>
#include <vector>

namespace stand_in {

/// What the engine and Steam's libraries do before a server is up, and how it
/// went: "ok", or what went wrong in one line.
struct StartupChecks {
    std::string ptrace;                   ///< or "killed SIGSYS", or an errno's name
    std::string cpuinfo;                  ///< or "empty", or an errno's name
    std::string steamclient;              ///< or dlopen's message
    std::string textrel;                  ///< or dlopen's message; the engine cannot run then
    std::string bind0;                    ///< or an errno's name
    std::string addons;                   ///< "OPENED/LISTED", or the errno's name of the listing
    std::vector<std::string> lost_addons; ///< "NAME: ERRNO" of each that did not open

    /// The game goes on without Steam, and says so nowhere but here.
    [[nodiscard]] bool lan_only() const { return cpuinfo != "ok" || steamclient != "ok"; }
    [[nodiscard]] bool engine_loaded() const { return textrel == "ok"; }
};

/// 'game_directory' is where addons/ is, relative to the working directory. The
/// libraries stay loaded and the socket open, as the game's do.
StartupChecks run_startup_checks(const std::string& game_directory);

} // namespace stand_in
