#pragma once

#include "game/game_console.hpp"
#include "host/host.hpp"
#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <chrono>
#include <deque>
#include <optional>
#include <poll.h>
#include <string>
#include <vector>

namespace left4me {

/// The console of a server for as long as somebody sits at it: through the ends and starts of its
/// game, for who waits for more than that. It never waits itself.
class ServerConsole {
public:
    enum class Kind {
        notice, ///< what has become of the server or a command
        answer,
        names, ///< the answer to ask_names()
    };
    struct Event {
        Kind kind;
        std::string text; ///< of any bytes
    };

    ServerConsole(Host host, InstanceName name) : host_(std::move(host)), name_(std::move(name)) {}

    /// not_found and not_running, as of find_console(). All else is told by events.
    Result<void> begin();

    /// Gives the game a command (check_console_command), after those before it. Where it takes
    /// none now, that is told, and the command is given up: nobody wants it minutes later.
    void run(std::string command);

    /// Asks for the game's commands and variables (CvarList), unless that was done.
    void ask_names();

    /// What to wait for, with a descriptor of -1 for nothing, and how long: milliseconds as poll's.
    [[nodiscard]] pollfd watched() const;
    [[nodiscard]] int patience() const;

    /// Carries on with what happened (pollfd's revents), and tells what came of it.
    std::vector<Event> go_on(short happened);

private:
    struct Asked {
        Kind kind;
        std::string command;
    };

    void tell(Kind kind, std::string text) { events_.push_back({kind, std::move(text)}); }
    void tell_trouble(const std::string& text);
    void connect();
    void serve(short happened);
    void give_next();
    void lose(Error error);
    void give_up(const Asked& asked, std::string_view why);

    Host host_;
    InstanceName name_;
    std::optional<GameConsole> game_;
    UnitStatus server_; ///< as it was when game_ was connected
    bool greeted_ = false;
    std::deque<Asked> asked_; ///< the first one of the game, where it was given
    bool given_ = false;
    bool names_asked_ = false;
    std::string trouble_; ///< that was told, and lasts
    std::chrono::steady_clock::time_point next_try_;
    std::vector<Event> events_;
};

} // namespace left4me
