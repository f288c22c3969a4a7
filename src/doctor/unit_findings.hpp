#pragma once

#include "doctor/findings.hpp"
#include "doctor/packet_table.hpp"
#include "doctor/unit_settings.hpp"
#include "host/host.hpp"
#include "system/error.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

// What systemd runs, and what is in force on it, judged: pure, facts to findings.

struct PacketRules {
    std::string active_state; ///< of left4me-nftables.service
    bool servers_run;
    std::optional<std::string> newer_file; ///< of the rules, changed since they were loaded
    Result<std::optional<PacketTable>> table; ///< none: there is no such table
};
/// The rules of units/nftables.nft that accept.
struct ShippedAccepts {
    std::string_view chain;
    std::size_t count;
};
inline constexpr std::array<ShippedAccepts, 2> shipped_accepts = {{{"local", 2}, {"job", 1}}};
Findings judge_packet_rules(const PacketRules& facts);

/// One unit of the package: a template, or that of one server.
struct UnitFacts {
    std::string unit;
    std::string load_state;
    bool needs_reload;
    std::string shipped_path;
    std::string fragment_path;
    std::vector<UnitChange> changes;
    std::vector<Error> unread; ///< files of it that could not be read
};
Findings judge_units(const std::vector<UnitFacts>& units);

/// The main process of a running server.
struct ServerProcess {
    std::string server;
    std::vector<std::string> shared; ///< namespaces that it has in common with PID 1
    std::string status;              ///< /proc/PID/status
    std::optional<std::string> label; ///< AppArmor's, where that is on
};
Findings judge_sandbox(const std::vector<Result<ServerProcess>>& servers);

/// A server that is to run.
struct ServerCondition {
    std::string server;
    std::string problem; ///< in words; empty: it runs as it should
};
Findings judge_servers(const std::vector<ServerCondition>& servers);

struct FailedJob {
    std::string id;
    std::string how; ///< "ended with status 70: …"
};
/// units: those of the package that failed.
Findings judge_jobs(const Host& host, const std::vector<std::string>& units,
                    const std::vector<FailedJob>& jobs);

/// A field of /proc/PID/status, without blanks around it; empty: there is none.
std::string_view status_field(std::string_view status, std::string_view name);

} // namespace left4me
