#pragma once

#include "a2s.hpp"
#include "console.hpp"
#include "rcon.hpp"
#include "system/file_descriptor.hpp"

#include <chrono>
#include <list>
#include <poll.h>
#include <string>
#include <vector>

namespace stand_in {

/// The sockets of a server and the one loop that serves them: queries on UDP and
/// RCON on TCP, at the port and address of the cvars "hostport" and "ip".
class GameServer {
public:
    /// Throws std::system_error when the port cannot be had. 'stop_signals' is a
    /// signalfd.
    GameServer(Console& console, left4me::FileDescriptor stop_signals);

    /// Serves until a stop signal, or a command that ends the game; returns the
    /// status to exit with.
    int run();

private:
    using Clock = std::chrono::steady_clock;

    struct Connection {
        left4me::FileDescriptor socket;
        RconSession session;
        std::size_t sent = 0; ///< of the first packet of the session's output
        Clock::time_point next_packet;
    };

    void load() const;
    [[nodiscard]] std::vector<pollfd> watched() const;
    [[nodiscard]] int poll_timeout() const;
    void serve_queries();
    void accept_connection();
    void serve_connections(const std::vector<pollfd>& events);
    static bool read_requests(Connection& connection);
    static bool send_packet(Connection& connection);
    static bool send_due_packet(Connection& connection, Clock::time_point now);
    void send_all();

    Console& console_;
    QueryResponder queries_;
    left4me::FileDescriptor stop_signals_;
    left4me::FileDescriptor udp_;
    left4me::FileDescriptor tcp_;
    std::list<Connection> connections_;
};

} // namespace stand_in
