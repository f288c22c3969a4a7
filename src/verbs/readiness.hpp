#pragma once

#include "game/a2s.hpp"
#include "host/bound_ports.hpp"
#include "host/systemd.hpp"
#include "model/game_port.hpp"
#include "model/instance_name.hpp"
#include "model/watch_settings.hpp"
#include "system/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace left4me {

/// A server whose game has begun: what was known of it then.
struct BegunServer {
    InstanceName name;
    GamePort port;
    WatchSettings::Query query;
    std::uint32_t restarts; ///< of its own, before
    std::optional<std::chrono::microseconds> begun; ///< UnitStatus::begun
};

/// A game that is ready for players.
struct ReadyGame {
    std::optional<ServerInfo> answer; ///< none: it was not asked, and has its port
};

/// "plays c1m1_hotel, 0/8", or that it has its port.
std::string describe(const ReadyGame& game, GamePort port);

/// What becomes of a wait for begun servers.
class ReadinessReport {
public:
    ReadinessReport() = default;
    ReadinessReport(const ReadinessReport&) = delete;
    ReadinessReport& operator=(const ReadinessReport&) = delete;
    virtual ~ReadinessReport() = default;

    /// It takes longer than a moment.
    virtual void loads(const BegunServer& server, std::chrono::seconds left) = 0;

    /// Once for each server. game_failed where the game has ended, its port is another program's,
    /// or it is not ready in time; busy where another command stopped or restarted it meanwhile;
    /// cancelled by Ctrl-C, which leaves it running.
    virtual void ends(const BegunServer& server, const Result<ReadyGame>& outcome) = 0;
};

/// Waits until each game is ready, for no longer than patience: until it answers Valve's query on
/// its own port, or with Query::none, and in a unit that is kept from the network, until it has its
/// port. What becomes of its unit meanwhile is heard from systemd. Holds no lock.
void wait_until_ready(const std::vector<BegunServer>& servers, std::chrono::seconds patience,
                      ReadinessReport& report);

// What it judges by: pure.

/// What is wrong by what systemd tells of the server's unit; none while its game goes on. since: how
/// long ago it was begun.
std::optional<Error> end_of_game(const BegunServer& server, const UnitStatus& now,
                                 std::chrono::milliseconds since);

/// Why what answered is not this game's answer; empty if it may be: whoever has the port says
/// which one it serves.
std::string trouble_with(const ServerInfo& answer, GamePort port);

/// Of a game that is not ready after that time. trouble: what came instead of an answer, if anything.
Error never_ready(const BegunServer& server, PortHolder holder, std::chrono::seconds patience,
                  const std::string& trouble);

} // namespace left4me
