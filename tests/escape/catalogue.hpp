#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// The attacks that a server is tried with, and what has to come of each.
namespace left4me::escape {

using Words = std::vector<std::string>;

/// The server that is taken over, and one that plays beside it.
inline const std::string taken = "escape-taken";
inline const std::string peer = "escape-peer";
constexpr std::uint16_t taken_port = 27960;
constexpr std::uint16_t peer_port = 27961;     ///< of its game and of its RCON
constexpr std::uint16_t web_port = 8000;
constexpr std::uint16_t listener_port = 27962; ///< of all who listen: see stage.cpp
constexpr std::uint16_t free_port = 27963;     ///< as a server's that is down
constexpr std::uint16_t anywhere_port = 27964; ///< of who listens at all of this host's addresses

/// What root has, where the kernel would refuse a unit's user. Some directives take a
/// capability from the set that is given here.
inline const std::string granted_capabilities =
    "CAP_BPF CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_MKNOD CAP_NET_ADMIN "
    "CAP_NET_BIND_SERVICE CAP_NET_RAW CAP_PERFMON CAP_SETGID CAP_SETPCAP CAP_SETUID CAP_SYSLOG "
    "CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_CHROOT CAP_SYS_MODULE CAP_SYS_NICE CAP_SYS_PTRACE "
    "CAP_SYS_RAWIO CAP_SYS_TIME";
inline const std::string capabilities =
    "PrivateUsers=no\nCapabilityBoundingSet=" + granted_capabilities +
    "\nAmbientCapabilities=" + granted_capabilities + "\n";

/// Where an attempt has to succeed, so that its failure in the unit means something.
enum class Control {
    uid,    ///< the same user without a sandbox
    root,   ///< all capabilities: the kernel refuses everybody else
    kernel, ///< nobody can
};

/// What is taken away to see that it was what held. Of several layers all at once.
enum class Flip {
    none,                      ///< of what the kernel denies everybody
    settings,                  ///< of the unit, by a drop-in; and left4me-launch
    launcher,                  ///< the probe runs in the unit without left4me-launch
    packet_rules,              ///< the nftables table
    settings_and_packet_rules, ///< both
    settings_and_bus_policy,   ///< of the unit, and what the bus forbids the user
};

enum class Abi { both, only32, only64 };

/// One attempt. Results are a probe's: "ok", an errno's name, a signal's.
struct Case {
    std::string row;     ///< S12
    std::string attempt; ///< as the probe takes it; VICTIM and TERMINAL are filled in
    Words blocked;       ///< one of these in the unit
    std::string layers;  ///< what holds
    Control control = Control::uid;
    Words reached = {"ok"}; ///< one of these in the control
    Flip flip = Flip::none;
    std::string settings = {}; ///< of [Service]
    Words flipped = {"ok"};    ///< one of these then
    /// Where the flip only changes the answer, because the kernel refuses this user as
    /// well: settings that take that away too. Then it is one of `reached`.
    std::string rest = {};
    Abi abi = Abi::both;
};

/// Every case that one start of a server can show.
std::vector<Case> cases();

/// The units that run build scripts: each is a file of its own, and so is each drop-in.
enum class BuildUnit {
    native,    ///< left4me-build@: 64 bits alone
    multiarch, ///< left4me-build-multiarch@
};

/// The same from a build script, and where it may not connect to (X1, X2, X4).
std::vector<Case> build_cases(BuildUnit unit);

/// The same from steamcmd.
std::vector<Case> steamcmd_cases();

/// The package's units that run no game, no script and no steamcmd: their own program is trusted, and
/// reads what user left4me wrote. The rest of a template's name is the instance's.
inline const Words other_units = {
    "left4me-broker-logs@", "left4me-broker@",       "left4me-event@",           "left4me-hung@",
    "left4me-inspect",      "left4me-installation",  "left4me-job-layers@",      "left4me-job-servers@",
    "left4me-job-steam@",   "left4me-job-workshop@", "left4me-layers-refresh",   "left4me-nftables",
    "left4me-overlay@",     "left4me-purge@",        "left4me-released@",        "left4me-watch",
    "left4me-web",          "left4me-workcopy@",     "left4me-workshop-refresh",
};

inline bool is_job(const std::string& unit)
{
    return unit.starts_with("left4me-job-");
}

/// Of these the root is an empty one.
inline bool has_empty_root(const std::string& unit)
{
    return is_job(unit) || unit.starts_with("left4me-watch") || unit.starts_with("left4me-web");
}

/// One case for each directive of such a unit that a probe in the place of its program can
/// show. Their row is the unit's name.
std::vector<Case> unit_cases(const std::string& unit, const Words& directives);

/// A row that other tests show, or that nothing shows here, and why.
struct OtherRow {
    std::string row;
    std::string what;
    Words tests;        ///< GoogleTest names in container-tests; none: see reason
    std::string reason; ///< "deferred: …", "machine: …", "not yet: …"
    /// Where else the attack succeeds, shown by the same tests.
    std::string control = {};
    /// What is taken away to see that, and the tests that do it; or "none: …", and why.
    std::string flip = {};
};

std::vector<OtherRow> other_rows();

} // namespace left4me::escape
