#pragma once

#include "game/rcon.hpp"
#include "model/game_port.hpp"
#include "system/file_descriptor.hpp"

#include <chrono>
#include <optional>
#include <poll.h>
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

    /// The same by a connection that somebody else has made, with another patience.
    static Result<GameConsole> open(FileDescriptor connected, const Secret& password,
                                    std::chrono::seconds patience);

    /// What the game answers to one command (check_console_command). A game that ends by its
    /// command, as by "quit", closes the connection: unavailable.
    Result<std::string> run(std::string_view command);

    // --- for who has more to wait for than this game ---

    /// Connects, and begins the login.
    static Result<GameConsole> begin(GamePort port, const Secret& password);

    /// What to wait for, and until when something must have been answered, if anything is asked.
    [[nodiscard]] pollfd watched() const;
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> until() const { return until_; }

    /// Carries on with what happened (pollfd's revents), and never waits. Errors as of open() and
    /// run(); unavailable, too, where the game has closed a connection by which nothing was asked.
    Result<void> serve(short happened);

    [[nodiscard]] bool logged_in() const noexcept { return session_.logged_in(); }

    /// Begins with a command, once logged in and once the last one is answered.
    Result<void> ask(std::string_view command);

    /// The answer to that, once it is whole.
    std::optional<std::string> take_answer();

private:
    GameConsole(FileDescriptor socket, const Secret& password, std::chrono::seconds limit)
        : socket_(std::move(socket)), session_(password), limit_(limit)
    {
    }
    static Result<GameConsole> begin(FileDescriptor connected, const Secret& password,
                                     std::chrono::seconds limit);
    static Result<GameConsole> after_login(GameConsole console);

    template <class Done>
    Result<void> exchange_until(const Done& done);
    Result<void> send();
    Result<void> receive();

    FileDescriptor socket_;
    RconSession session_;
    std::chrono::seconds limit_; ///< for each answer
    std::string unsent_;
    bool asked_ = false;
    std::optional<std::chrono::steady_clock::time_point> until_;
};

} // namespace left4me
