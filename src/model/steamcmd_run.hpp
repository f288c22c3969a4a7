#pragma once

#include "model/steam_account.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// Whose files steamcmd is to fetch. Which one it runs on does not matter to it.
enum class SteamPlatform { of_linux, of_windows };

/// What steamcmd is to do in one run: bring the game's dedicated server into the tree that is
/// prepared for it, or what is in there up to date. No path, and nothing secret.
struct SteamcmdRun {
    SteamPlatform platform;
    SteamAccount account;
    bool validate; ///< check every file that is there already
};

/// The one line that asks for it, "PLATFORM ACCOUNT validate|trust", and back; bad_data.
std::string format_steamcmd_run(const SteamcmdRun& run);
Result<SteamcmdRun> parse_steamcmd_run(std::string_view line);

/// The longest of these lines has fewer bytes.
constexpr std::size_t max_steamcmd_run_size = 128;

/// How steamcmd is called for it: program and directory are absolute paths.
std::vector<std::string> steamcmd_words(const std::string& program, const std::string& directory,
                                        const SteamcmdRun& run);

} // namespace left4me
