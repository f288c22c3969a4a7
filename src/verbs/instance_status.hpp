#pragma once

#include "host/instance_store.hpp"
#include "host/server_inspection.hpp"
#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

struct LayerStatus {
    std::string ref;
    std::optional<std::uint64_t> version; ///< none while nothing is mounted
    bool current; ///< false: the running server stands on an older directory
};

/// What people and programs are told of one server.
struct InstanceStatus {
    InstanceName name;
    std::string active_state;
    std::string sub_state;
    std::optional<std::chrono::microseconds> since; ///< since the epoch, while active
    std::optional<std::uint16_t> port;
    std::vector<LayerStatus> layers; ///< top first, the installation last
    std::uint32_t main_pid = 0;
    std::optional<std::uint64_t> memory_bytes;
    std::uint32_t restarts = 0;
    std::vector<std::string> restart_reasons; ///< what a restart would change; empty: nothing
    std::optional<double> exposure; ///< systemd-analyze security's figure, while loaded

    [[nodiscard]] bool needs_restart() const { return !restart_reasons.empty(); }
    [[nodiscard]] bool runs() const { return active_state != "inactive" && active_state != "failed"; }
};

/// Exposure of each running service, by unit, from systemd-analyze's JSON.
std::map<std::string, double> parse_exposures(std::string_view json);

/// The same, asked of systemd-analyze; empty where it gives no answer.
std::map<std::string, double> read_exposures();

Result<InstanceStatus> read_status(const InstanceStore& store, Systemd& systemd,
                                   const std::map<std::string, double>& exposures,
                                   const Inspections& inspections, const InstanceName& name);

/// An array of objects, or with one name the object alone.
std::string format_status_json(const InstanceStatus& status);
std::string format_status_json(const std::vector<InstanceStatus>& statuses);

} // namespace left4me
