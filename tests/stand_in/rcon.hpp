#pragma once

#include "console.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace stand_in {

/// One client's Source RCON session: bytes in, packets out. It knows no socket.
/// https://developer.valvesoftware.com/wiki/Source_RCON_Protocol
class RconSession {
public:
    /// 'peer' is named in the log.
    RconSession(Console& console, std::string peer);

    /// Takes bytes as they come. False: they are no RCON, or more than the
    /// client reads answers to; close the connection.
    [[nodiscard]] bool receive(std::string_view bytes);

    /// The game drops who logged in by a password that has changed since, with what it has not
    /// sent: koraktor/steam-condenser#169.
    [[nodiscard]] bool is_ended() const;

    /// The packets to send, in order; the caller takes them off.
    std::deque<std::string> output;

private:
    struct Packet {
        std::int32_t id;
        std::int32_t type;
        std::string_view body;
    };

    void handle(const Packet& packet);
    void authenticate(const Packet& packet);
    void run(const Packet& packet);
    void send(std::int32_t id, std::int32_t type, std::string_view body);

    Console& console_;
    std::string peer_;
    std::string input_;
    bool authenticated_ = false;
    std::string password_; ///< that it logged in by
};

} // namespace stand_in
