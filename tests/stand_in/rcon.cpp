#include "rcon.hpp"

#include "little_endian.hpp"

#include <algorithm>
#include <cctype>
#include <print>

namespace stand_in {

namespace {

// Type 2 means two things, one in each direction.
constexpr std::int32_t auth_request = 3;
constexpr std::int32_t auth_response = 2;
constexpr std::int32_t exec_request = 2;
constexpr std::int32_t response_value = 0;

constexpr std::int32_t refused_id = -1;

constexpr std::size_t size_bytes = 4;
constexpr std::size_t header_bytes = 8;     // id and type
constexpr std::size_t terminator_bytes = 2; // of the body, and an empty string
constexpr std::size_t min_size = header_bytes + terminator_bytes;
constexpr std::size_t max_size = 4096;
constexpr std::size_t max_body = max_size - min_size;
constexpr std::size_t max_waiting_packets = 256;

/// One line of log, whatever the client sent.
std::string printable(std::string_view text)
{
    std::string line(text);
    std::ranges::replace_if(
        line, [](char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; }, ' ');
    return line;
}

} // namespace

RconSession::RconSession(Console& console, std::string peer) : console_(console), peer_(std::move(peer))
{
}

bool RconSession::receive(std::string_view bytes)
{
    input_ += bytes;
    std::string_view rest = input_;
    while (rest.size() >= size_bytes) {
        const std::size_t size = read_number(rest);
        if (size < min_size || size > max_size)
            return false;
        if (rest.size() < size_bytes + size)
            break;
        const std::string_view content = rest.substr(size_bytes, size);
        const std::string_view body = content.substr(header_bytes, size - min_size);
        handle({.id = static_cast<std::int32_t>(read_number(content)),
                .type = static_cast<std::int32_t>(read_number(content.substr(4))),
                .body = body.substr(0, body.find('\0'))});
        if (output.size() > max_waiting_packets)
            return false;
        rest.remove_prefix(size_bytes + size);
    }
    input_.erase(0, input_.size() - rest.size());
    return true;
}

void RconSession::handle(const Packet& packet)
{
    if (packet.type == auth_request)
        authenticate(packet);
    else if (!authenticated_)
        send(packet.id, response_value, ""); // koraktor/steam-condenser#169: no refusal any more
    else if (packet.type == exec_request)
        run(packet);
    else if (packet.type == response_value) {
        // Clients find the end of an answer by this echo; the second one is the engine's own.
        send(packet.id, response_value, "");
        send(packet.id, response_value, std::string_view("\0\1\0\0", 4));
    }
}

bool RconSession::is_ended() const
{
    return authenticated_ && password_ != console_.game().cvar("rcon_password");
}

void RconSession::authenticate(const Packet& packet)
{
    // Without a password RCON is off, rather than open to the empty one.
    const std::string_view password = console_.game().cvar("rcon_password");
    authenticated_ = !password.empty() && packet.body == password;
    password_ = password;
    std::println("rcon from \"{}\": {}", peer_, authenticated_ ? "logged in" : "Bad Password");
    send(packet.id, response_value, "");
    send(authenticated_ ? packet.id : refused_id, auth_response, "");
}

void RconSession::run(const Packet& packet)
{
    std::println("rcon from \"{}\": command \"{}\"", peer_, printable(packet.body));
    const std::string text = console_.execute(packet.body);
    std::string_view rest = text;
    do {
        const std::string_view part = rest.substr(0, max_body);
        send(packet.id, response_value, part);
        rest.remove_prefix(part.size());
    } while (!rest.empty());
}

void RconSession::send(std::int32_t id, std::int32_t type, std::string_view body)
{
    std::string packet;
    put_number(packet, static_cast<std::uint32_t>(min_size + body.size()));
    put_number(packet, static_cast<std::uint32_t>(id));
    put_number(packet, static_cast<std::uint32_t>(type));
    packet += body;
    packet.append(terminator_bytes, '\0');
    output.push_back(std::move(packet));
}

} // namespace stand_in
