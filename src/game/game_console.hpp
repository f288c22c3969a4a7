#pragma once

#include "game/rcon.hpp"
#include "model/game_port.hpp"
#include "system/file_descriptor.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace left4me {

/// The console of the game that has a port on this host, by RCON.
class GameConsole {
public:
    /// Waits for an answer no longer than that.
    static constexpr std::chrono::seconds patience{30};

    /// Connects and logs in. unavailable where nobody takes commands at that port, or nobody
    /// answers in time; not_permitted where the password is refused; interrupted.
    static Result<GameConsole> open(GamePort port, const Secret& password);

    /// What the game answers to one command (check_console_command). A game that ends by its
    /// command, as by "quit", closes the connection: unavailable.
    Result<std::string> run(std::string_view command);

private:
    GameConsole(FileDescriptor socket, const Secret& password)
        : socket_(std::move(socket)), session_(password)
    {
    }

    template <class Done>
    Result<void> exchange_until(const Done& done);
    Result<void> send();
    Result<void> receive();

    FileDescriptor socket_;
    RconSession session_;
    std::string unsent_;
};

} // namespace left4me
