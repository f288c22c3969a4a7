#pragma once

#include "host/host.hpp"
#include "model/game_port.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"
#include "watch/event_source.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace left4me {

// For who has no network, as the web program: left4me-watch connects to the port of a server that
// it watches, and passes the connection. Whoever wants one sends a datagram to
// /run/left4me/answers/.games, "queries NAME" or "console NAME", and with it a socket for the
// answer. Only user left4me may, and what it may do by it its own programs may without.

/// What is to be said through a connection.
enum class GameLine {
    queries, ///< Valve's queries: datagrams
    console, ///< RCON: a stream
};

/// Waits two seconds at most. unavailable where the watch does not run, or nobody takes
/// connections at the game's port; not_running where the watch knows of no such server.
Result<FileDescriptor> ask_for_game(const Host& host, const InstanceName& name, GameLine line);

/// The watch's end: for as long as it is there, whoever asks is answered by the event loop.
class GameDoor {
public:
    /// The port of a server whose game runs.
    using PortOf = std::function<std::optional<GamePort>(const InstanceName&)>;

    static Result<std::unique_ptr<GameDoor>> begin(sd_event* event, const Directory& answers,
                                                   PortOf port_of);
    GameDoor(const GameDoor&) = delete; // the event loop knows where it is
    GameDoor& operator=(const GameDoor&) = delete;

private:
    GameDoor(FileDescriptor socket, PortOf port_of)
        : socket_(std::move(socket)), port_of_(std::move(port_of))
    {
    }
    void answer_one() const;
    static int on_question(sd_event_source*, int socket, std::uint32_t events, void* self);

    FileDescriptor socket_;
    PortOf port_of_;
    EventSource source_;
};

} // namespace left4me
