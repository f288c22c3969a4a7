#pragma once

#include "doctor/packet_table.hpp"
#include "doctor/tcp_listeners.hpp"
#include "doctor/unit_settings.hpp"
#include "host/server_view.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// What l4d2ctl doctor looks at: what a package cannot enforce on a host.
enum class Check {
    kernel,
    systemd,
    ptrace,
    apparmor,
    bpf,
    packet_rules,
    units,
    sandbox,
    sudo,
    sdk32,
    layers,
    rcon,
    room,
    quota,
    leftovers,
};

enum class Verdict {
    ok,
    note, ///< nothing is wrong, and the operator should know of it
    warning,
    problem,
    not_checked,
};

struct Finding {
    Check check;
    Verdict verdict;
    std::string what;        ///< what was found, or why it could not be looked at; one line
    std::string action = {}; ///< what to do; empty where there is nothing to do
    bool operator==(const Finding&) const = default;
};

/// In the order of the checks; each check has one at least.
using Findings = std::vector<Finding>;

/// A fact that could not be had.
Finding not_checked(Check check, const Error& error);

// Each judgement below is pure: facts to findings.

/// uname's release.
Findings judge_kernel(std::string_view release);
/// systemd's version.
Findings judge_systemd(std::string_view version);
/// /proc/sys/kernel/yama/ptrace_scope; not_found: the kernel has no Yama.
Findings judge_ptrace(const Result<std::string>& scope);

struct AppArmor {
    bool on;                      ///< in the kernel and not switched off
    Result<std::string> profiles; ///< the kernel's list, "NAME (MODE)" a line
};
Findings judge_apparmor(const AppArmor& facts);

/// /sys/kernel/security/lsm: names with commas between them.
Findings judge_bpf(const Result<std::string>& security_modules);

struct PacketRules {
    std::string active_state; ///< of left4me-nftables.service
    bool servers_run;
    std::optional<std::string> newer_file; ///< of the rules, changed since they were loaded
    Result<std::optional<PacketTable>> table; ///< none: there is no such table
};
Findings judge_packet_rules(const PacketRules& facts);

/// Calls of helpers, as words, of which sudo does not let user left4me make any.
Findings judge_sudo(const std::vector<std::string>& refused);

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

/// A field of /proc/PID/status, without blanks around it; empty: there is none.
std::string_view status_field(std::string_view status, std::string_view name);

/// steamclient.so of user left4me's home, as a server finds it.
Findings judge_sdk32(Sight sight);

struct LayerFacts {
    struct Broken {
        std::string server;
        std::string why; ///< a layer is missing, or the configuration cannot be read
    };
    struct Links {
        std::string layer;
        std::vector<DeadLink> dead;
    };
    std::vector<Broken> broken;
    std::vector<Links> links; ///< of each layer that a server names
    bool complete;            ///< false: the links beyond most_entries were not looked at
};
Findings judge_layers(const LayerFacts& facts);

/// How many files and directories of layers are looked at, all layers together.
constexpr std::size_t most_entries = 200'000;

/// names: the server of each port, as far as it is known.
Findings judge_rcon(const std::vector<Listener>& of_games,
                    const std::map<std::uint16_t, std::string>& names);

/// Free shares of a file system, for users without privilege.
struct Room {
    double bytes_percent;
    std::optional<double> files_percent; ///< none: it has no limit of files
};
Findings judge_room(const Room& room);

/// Whether the file system limits what each server writes.
Findings judge_quota(bool limits_projects);

/// What is there of a server while it may not run.
struct LiveState {
    std::string server;
    bool mounted;
    bool overlay_active;
    bool record;                      ///< of what is mounted
    bool tree;                        ///< runtime/NAME
    std::optional<bool> initialised;  ///< none: not to be seen by this user
};
Findings judge_leftovers(const std::vector<LiveState>& servers);

/// One finding a line, aligned, and a line that counts them.
std::string format_findings(const Findings& findings);

/// An array of objects: id, verdict, what, action (null: none).
std::string format_findings_json(const Findings& findings);

[[nodiscard]] bool has_problem(const Findings& findings);

} // namespace left4me
