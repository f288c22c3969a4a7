#include "game_server.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <format>
#include <optional>
#include <print>
#include <span>
#include <sys/socket.h>
#include <system_error>

namespace stand_in {

namespace {

using left4me::FileDescriptor;
using namespace std::chrono_literals;

constexpr std::size_t max_connections = 16;

/// How many datagrams are served before the other sockets get their turn.
constexpr int datagrams_a_turn = 64;

/// The engine sends one packet a frame to a client. That shows: clients that read
/// an answer and drop what came with it (Debian's rconclt does) need the pause.
constexpr auto frame = 50ms;

[[noreturn]] void throw_errno(const std::string& act)
{
    throw std::system_error(errno, std::generic_category(), act);
}

sockaddr_in address_of(const GameState& game)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    const std::string ip(game.cvar("ip"));
    if (inet_pton(AF_INET, ip.c_str(), &address.sin_addr) != 1)
        throw std::system_error(EINVAL, std::generic_category(), "+ip " + ip);
    const std::string_view text = game.cvar("hostport");
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size())
        throw std::system_error(EINVAL, std::generic_category(), std::format("+hostport {}", text));
    address.sin_port = htons(port);
    return address;
}

std::string text_of(const sockaddr_in& address)
{
    std::array<char, INET_ADDRSTRLEN> ip{};
    inet_ntop(AF_INET, &address.sin_addr, ip.data(), ip.size());
    return std::format("{}:{}", ip.data(), ntohs(address.sin_port));
}

FileDescriptor bound_socket(int type, const sockaddr_in& address)
{
    FileDescriptor result(socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!result)
        throw_errno("socket");
    const int yes = 1;
    // For TCP alone: connections of the server before linger. On UDP it would
    // let two servers share a port.
    if (type == SOCK_STREAM)
        setsockopt(result.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(result.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == -1)
        throw_errno(std::format("Couldn't allocate {} {}", type == SOCK_STREAM ? "tcp" : "udp",
                                text_of(address)));
    return result;
}

} // namespace

GameServer::GameServer(Console& console, FileDescriptor stop_signals)
    : console_(console), queries_(console.game()), stop_signals_(std::move(stop_signals)),
      udp_(bound_socket(SOCK_DGRAM, address_of(console.game()))),
      tcp_(bound_socket(SOCK_STREAM, address_of(console.game())))
{
    if (listen(tcp_.get(), static_cast<int>(max_connections)) == -1)
        throw_errno("listen");
}

/// Until a stop signal comes, or the time of the map is over. Its sockets are bound.
void GameServer::load() const
{
    const std::string_view text = console_.game().cvar("stand_in_load_ms");
    int left = 0;
    std::from_chars(text.data(), text.data() + text.size(), left);
    pollfd stop{.fd = stop_signals_.get(), .events = POLLIN, .revents = 0};
    if (left > 0)
        poll(&stop, 1, left);
}

int GameServer::run()
{
    // The map of the command line is the first one.
    for (unsigned loaded = 0; !console_.exit_status();) {
        if (loaded != console_.game().maps_begun) {
            loaded = console_.game().maps_begun;
            send_all();
            load();
        }
        std::vector<pollfd> events = watched();
        if (poll(events.data(), events.size(), poll_timeout()) == -1 && errno != EINTR)
            throw_errno("poll");
        if (events[0].revents != 0) {
            std::println("stand-in: shutting down");
            return 0;
        }
        if (events[1].revents != 0)
            serve_queries();
        // Before new ones, which 'events' does not know.
        serve_connections(events);
        if (events[2].revents != 0)
            accept_connection();
    }
    send_all();
    std::println("stand-in: shutting down");
    return *console_.exit_status();
}

std::vector<pollfd> GameServer::watched() const
{
    std::vector<pollfd> events{
        {.fd = stop_signals_.get(), .events = POLLIN, .revents = 0},
        {.fd = udp_.get(), .events = POLLIN, .revents = 0},
        {.fd = tcp_.get(), .events = POLLIN, .revents = 0},
    };
    for (const Connection& connection : connections_)
        events.push_back({.fd = connection.socket.get(), .events = POLLIN, .revents = 0});
    return events;
}

int GameServer::poll_timeout() const
{
    const bool packets_wait =
        std::ranges::any_of(connections_, [](const Connection& c) { return !c.session.output.empty(); });
    return packets_wait ? static_cast<int>(frame.count()) : -1;
}

void GameServer::serve_queries()
{
    // One byte more than allowed, so that a longer datagram shows.
    std::array<char, QueryResponder::max_request_bytes + 1> buffer;
    std::string reply;
    for (int count = 0; count < datagrams_a_turn; ++count) {
        sockaddr_in from{};
        socklen_t from_size = sizeof from;
        auto* address = reinterpret_cast<sockaddr*>(&from);
        const ssize_t length =
            recvfrom(udp_.get(), buffer.data(), buffer.size(), 0, address, &from_size);
        if (length == -1)
            return;
        const auto size = static_cast<std::size_t>(length);
        if (size > QueryResponder::max_request_bytes)
            continue;
        queries_.answer({buffer.data(), size}, from, reply);
        // A reply that cannot be sent is lost, as any datagram may be.
        if (!reply.empty())
            sendto(udp_.get(), reply.data(), reply.size(), MSG_NOSIGNAL, address, from_size);
    }
}

void GameServer::accept_connection()
{
    sockaddr_in from{};
    socklen_t from_size = sizeof from;
    FileDescriptor socket(accept4(tcp_.get(), reinterpret_cast<sockaddr*>(&from), &from_size,
                                  SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket || console_.game().cvar("stand_in_no_rcon") == "1")
        return;
    // Whoever opens many connections loses them, and locks nobody out.
    if (connections_.size() == max_connections)
        connections_.pop_front();
    connections_.push_back({.socket = std::move(socket),
                            .session = RconSession(console_, text_of(from)),
                            .sent = 0,
                            .next_packet = Clock::now()});
}

void GameServer::serve_connections(const std::vector<pollfd>& events)
{
    const auto now = Clock::now();
    auto event = events.begin() + 3;
    std::erase_if(connections_, [&](Connection& connection) {
        const bool readable = (event++)->revents != 0;
        return (readable && !read_requests(connection)) || connection.session.is_ended() ||
               !send_due_packet(connection, now);
    });
    std::erase_if(connections_,
                  [](const Connection& connection) { return connection.session.is_ended(); });
}

/// False when the connection is to be closed, here and below.
bool GameServer::read_requests(Connection& connection)
{
    std::array<char, 4096> buffer;
    const ssize_t length = recv(connection.socket.get(), buffer.data(), buffer.size(), 0);
    if (length == -1)
        return errno == EAGAIN || errno == EINTR;
    return length > 0 && connection.session.receive({buffer.data(), static_cast<std::size_t>(length)});
}

bool GameServer::send_packet(Connection& connection)
{
    auto& output = connection.session.output;
    const std::string_view rest = std::string_view(output.front()).substr(connection.sent);
    const ssize_t length = send(connection.socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (length == -1)
        return errno == EAGAIN || errno == EINTR;
    connection.sent += static_cast<std::size_t>(length);
    if (connection.sent == output.front().size()) {
        output.pop_front();
        connection.sent = 0;
    }
    return true;
}

bool GameServer::send_due_packet(Connection& connection, Clock::time_point now)
{
    if (connection.session.output.empty() || now < connection.next_packet)
        return true;
    connection.next_packet = now + frame;
    return send_packet(connection);
}

/// The answers to the command that ended the game; what a client does not take at
/// once is lost.
void GameServer::send_all()
{
    for (Connection& connection : connections_) {
        const std::size_t packets = connection.session.output.size();
        for (std::size_t count = 0; count < packets; ++count)
            if (!connection.session.output.empty() && !send_packet(connection))
                break;
    }
}

} // namespace stand_in
