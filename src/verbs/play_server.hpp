#pragma once

#include "host/host.hpp"
#include "model/game_port.hpp"
#include "model/hidden_path.hpp"
#include "model/instance_name.hpp"
#include "model/layer_ref.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

// The server that l4d2ctl doctor --play makes and throws away, as user left4me: from the
// installation, on a port that is free, in the sandbox of every server. Nobody can join, for it has
// a password that nobody knows, and it is not started at boot.

/// What is in its spec beside what each has.
struct PlaySpec {
    GamePort port;
    std::vector<LayerRef> overlays; ///< top first
    std::vector<HiddenPath> hidden;
    std::string password; ///< of players; none that YAML or a console reads
};

/// The map it begins with, and the one that it changes to. Each installation has them.
inline constexpr std::string_view play_map = "c1m1_hotel";
inline constexpr std::string_view next_play_map = "c1m2_streets";

/// Pure: the text of its spec, and whether a spec is that of such a server.
std::string play_spec(const PlaySpec& spec);
bool is_play_spec(std::string_view spec_text);

/// Pure: the highest one of a range for which that is true.
std::optional<GamePort> highest_port(const PortRange& range, const auto& is_free)
{
    for (unsigned number = range.last.number(); number >= range.first.number(); --number)
        if (const auto port = GamePort::parse(std::to_string(number)); port && is_free(*port))
            return *port;
    return std::nullopt;
}

struct PlayServer {
    InstanceName name;
    GamePort port;
    std::vector<std::string> secrets; ///< its passwords: of no report
};

/// What it is called.
InstanceName play_name();

/// Makes it, after what an earlier one has left is removed. like: the server whose layers it has.
/// not_found where the game is not installed, or there is no such server; busy where the operator
/// has a server of that name, or no port is free.
Result<PlayServer> make_play_server(const Host& host, const std::optional<InstanceName>& like,
                                    Report& report);

/// Stops it and removes all of it. Nothing there is success, and a server of that name that is the
/// operator's is left alone.
Result<void> remove_play_server(const Host& host, Report& report);

} // namespace left4me
