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
constexpr std::uint16_t listener_port = 27962; ///< of all who listen: see stage.cpp
constexpr std::uint16_t free_port = 27963;     ///< as a server's that is down

/// Where an attempt has to succeed, so that its failure in the unit means something.
enum class Control {
    uid,    ///< the same user without a sandbox
    root,   ///< all capabilities: the kernel refuses everybody else
    kernel, ///< nobody can
};

/// What is taken away to see that it was what held.
enum class Flip {
    none,         ///< see Case::layers
    settings,     ///< of the unit, by a drop-in
    launcher,     ///< the probe runs in the unit without left4me-launch
    packet_rules, ///< the nftables table
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
    Abi abi = Abi::both;
};

/// Every case that one start of a server can show.
std::vector<Case> cases();

/// The same from a build script, and where it may not connect to (X1, X2, X4).
std::vector<Case> build_cases();

/// A row that other tests show, or that nothing shows here, and why.
struct OtherRow {
    std::string row;
    std::string what;
    Words tests;        ///< GoogleTest names in container-tests; none: see reason
    std::string reason; ///< "deferred: …", "machine: …", "not yet: …"
};

std::vector<OtherRow> other_rows();

} // namespace left4me::escape
