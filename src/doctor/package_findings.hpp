#pragma once

#include "doctor/findings.hpp"
#include "host/host.hpp"
#include "system/error.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/types.h>
#include <vector>

namespace left4me {

// The package's programs, its settings, and the game, judged: pure, facts to findings.

/// Those that are not for people, in one directory.
inline constexpr std::array<std::string_view, 18> programs = {
    "left4me-broker",     "left4me-hung",         "left4me-inspect",        "left4me-job",
    "left4me-journalctl", "left4me-launch",       "left4me-network-rules",  "left4me-overlay",
    "left4me-run-script", "left4me-run-steamcmd", "left4me-script-sandbox", "left4me-share",
    "left4me-systemctl",  "left4me-unpack",       "left4me-watch",          "left4me-web",
    "left4me-workcopy",   "left4me-workshop"};

struct ProgramFile {
    std::string path;
    std::optional<mode_t> mode; ///< type and permissions; none: it is not there
    uid_t uid;
};
Findings judge_programs(const std::vector<ProgramFile>& files);

struct SettingsFacts {
    std::string file;
    Result<HostSettings> settings;
    bool has_steamcmd = true; ///< where the settings say
};
Findings judge_settings(const SettingsFacts& facts);

struct LoaderFacts {
    bool there; ///< /lib/ld-linux.so.2
    bool runs;  ///< by this kernel
};
Findings judge_loader(const LoaderFacts& facts);

struct GameFacts {
    bool program; ///< srcds_linux or srcds_run
    bool content; ///< left4dead2
};
Findings judge_game(const Host& host, const GameFacts& facts);

} // namespace left4me
