#pragma once

#include "game/a2s.hpp"
#include "host/host.hpp"
#include "host/hung_restarts.hpp"
#include "host/waiting_restart.hpp"
#include "model/instance_name.hpp"
#include "model/watch_settings.hpp"
#include "system/error.hpp"
#include "system/report.hpp"
#include "watch/answer_record.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

struct LayerStatus {
    std::string ref;
    std::optional<std::uint64_t> version; ///< none while nothing is mounted
    bool current; ///< false: the running server stands on an older directory
};

/// What of a server's own files keeps its layers from having their say.
struct OwnFilesNotice {
    std::vector<std::string> hiding_newer;   ///< their paths: what they hide is newer
    std::vector<std::string> defeating_hide; ///< they are where the spec hides
};

/// What people and programs are told of one server.
struct InstanceStatus {
    InstanceName name;
    std::string active_state;
    std::string sub_state;
    std::optional<std::chrono::microseconds> since; ///< since the epoch, while active
    std::optional<std::uint16_t> port;
    std::optional<WatchSettings> watch = {}; ///< none: its configuration cannot be read
    std::vector<LayerStatus> layers; ///< top first, the installation last
    std::optional<std::string> build = {}; ///< of the game, while it is mounted; none: not known
    std::optional<std::string> installed_build = {}; ///< that its next start would mount
    std::uint32_t main_pid = 0;
    std::optional<std::uint64_t> memory_bytes;
    std::uint32_t restarts = 0;
    std::optional<std::string> problem; ///< of one that is to run: failed, looping …, in one line
    std::vector<std::string> restart_reasons; ///< what a restart would change; empty: nothing
    std::optional<AnswerRecord> watched = {}; ///< what left4me-watch knows of this run
    HungRestarts::Times hung = {}; ///< when it was restarted for a hung game, within a day
    std::optional<WaitingRestart> waiting = {}; ///< a restart of it
    std::optional<ServerInfo> answer = {}; ///< the last one of this run; none: it gave none
    std::optional<OwnFilesNotice> own_files = {}; ///< of one that was asked for
    std::optional<double> exposure; ///< systemd-analyze security's figure, of one that was asked for

    [[nodiscard]] bool needs_restart() const { return !restart_reasons.empty(); }
    /// Whether its game answers queries, as its spec has it.
    [[nodiscard]] bool is_asked() const { return watch && watch->query != WatchSettings::Query::none; }
    [[nodiscard]] bool runs() const { return active_state != "inactive" && active_state != "failed"; }
};

/// The figure of that unit in what systemd-analyze security says of it; none if it is not there.
std::optional<double> parse_exposure(std::string_view text, std::string_view unit);

/// Of all servers, sorted. What only root sees of those that run is asked of a helper, for which a
/// unit is started: not where root has looked within that time. A warning tells when it cannot say,
/// and a status without it is a status still.
Result<std::vector<InstanceStatus>> read_statuses(const Host& host, Report& report,
                                                  std::chrono::seconds inspected = {});

/// Of one; not_found where there is none.
Result<InstanceStatus> read_status(const Host& host, const InstanceName& name, Report& report);

} // namespace left4me
