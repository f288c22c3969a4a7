#pragma once

#include "game/a2s.hpp"
#include "game/cvar_list.hpp"
#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace left4me::web {

/// What pages ask running games: who plays, and what becomes of a command. Each blocks, for some
/// seconds at most, and is of any thread; the connections are left4me-watch's (game_door.hpp).
class AskedGames {
public:
    explicit AskedGames(Host host) : host_(std::move(host)) {}

    /// For an answer to a command, and for the login before it.
    static constexpr std::chrono::seconds patience{5};

    /// By Valve's query. What was asked within two seconds is not asked again, however many look.
    Result<std::vector<Player>> players(const InstanceName& server);

    /// What the game answers to a command (check_console_command), of any bytes; one at a time, for
    /// which another one waits for a second, so that games that say nothing keep no pages waiting: busy.
    /// not_found and not_running as of find_console(); not_permitted where the game has refused its
    /// password since it was started; unavailable where it takes none now.
    Result<std::string> run(const InstanceName& server, std::string_view command);

    /// Its commands and variables, which it is asked for once in a run. Errors as of run().
    Result<std::shared_ptr<const CvarList>> names(const InstanceName& server);

private:
    using Clock = std::chrono::steady_clock;
    using Begin = std::optional<std::chrono::microseconds>; ///< of a run: UnitStatus::started
    struct KnownPlayers {
        Clock::time_point asked;
        Result<std::vector<Player>> answer;
    };
    struct KnownNames {
        Begin run;
        std::shared_ptr<const CvarList> names;
    };

    Result<std::string> run_alone(const InstanceName& server, std::string_view command);
    bool has_refused(const InstanceName& server, const UnitStatus& run);

    Host host_;
    std::mutex waiting_; ///< to be the next one
    std::timed_mutex running_; ///< a command
    std::map<InstanceName, Begin> refused_; ///< logins, of these runs; of whoever holds running_
    std::mutex keeping_; ///< of what follows
    std::map<InstanceName, KnownPlayers> players_;
    std::map<InstanceName, KnownNames> names_;
};

} // namespace left4me::web
