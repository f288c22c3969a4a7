#include "attempt.hpp"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

namespace probe {
namespace {

constexpr int connect_limit_ms = 500;

struct Address {
    int type = SOCK_STREAM;
    int protocol = 0;
    sockaddr_storage name = {};
    socklen_t size = 0;

    [[nodiscard]] int family() const { return name.ss_family; }
    [[nodiscard]] const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&name); }
};

/// tcp:IP:PORT or tcp:PORT, udp and mptcp alike; an IPv6 address as it is, without brackets.
Address address_of(const std::string& text)
{
    Address address;
    address.type = text.starts_with("udp:") ? SOCK_DGRAM : SOCK_STREAM;
    address.protocol = text.starts_with("mptcp:") ? IPPROTO_MPTCP : 0;
    const auto begin = text.find(':') + 1;
    const auto colon = text.rfind(':');
    const auto host = colon > begin ? text.substr(begin, colon - begin) : "0.0.0.0";
    const auto port = htons(static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1))));
    if (host.contains(':')) {
        sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = port};
        inet_pton(AF_INET6, host.c_str(), &name.sin6_addr);
        memcpy(&address.name, &name, address.size = sizeof name);
    } else {
        sockaddr_in name = {.sin_family = AF_INET, .sin_port = port};
        inet_pton(AF_INET, host.c_str(), &name.sin_addr);
        memcpy(&address.name, &name, address.size = sizeof name);
    }
    return address;
}

/// Of IPv6 alone, beside which another socket may have the port of IPv4.
int try_bind(const std::string& text)
{
    const auto address = address_of(text);
    const int end = socket(address.family(), address.type | SOCK_CLOEXEC, address.protocol);
    const int on = 1;
    if (address.family() == AF_INET6)
        setsockopt(end, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    return end < 0 ? errno : outcome(bind(end, address.generic(), address.size));
}

/// A packet that is dropped without a word shows as ETIMEDOUT.
int finish_connect(int end)
{
    pollfd writable = {end, POLLOUT, 0};
    if (poll(&writable, 1, connect_limit_ms) != 1)
        return ETIMEDOUT;
    int problem = 0;
    socklen_t size = sizeof problem;
    getsockopt(end, SOL_SOCKET, SO_ERROR, &problem, &size);
    return problem;
}

int try_connect(const std::string& text)
{
    const auto address = address_of(text);
    const int end = socket(address.family(), address.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (end < 0)
        return errno;
    const int on = 1;
    setsockopt(end, SOL_SOCKET, SO_BROADCAST, &on, sizeof on);
    if (address.type == SOCK_DGRAM)
        return outcome(sendto(end, "probe", 5, 0, address.generic(), address.size));
    const int begun = outcome(connect(end, address.generic(), address.size));
    return begun == EINPROGRESS ? finish_connect(end) : begun;
}

/// WAY:IP:PORT: one packet to an address of IPv4 by the loopback device, which the socket
/// chooses (device), or the packet (packet).
int try_by_loopback(const std::string& argument)
{
    const auto way = argument.substr(0, argument.find(':'));
    auto address = address_of("udp" + argument.substr(way.size()));
    const int end = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const int loopback = static_cast<int>(if_nametoindex("lo"));
    if (way == "device" &&
        setsockopt(end, SOL_SOCKET, SO_BINDTOIFINDEX, &loopback, sizeof loopback) != 0)
        return errno;
    char byte = 0;
    iovec data = {&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in_pktinfo))> control = {};
    msghdr message = {};
    message.msg_name = &address.name;
    message.msg_namelen = address.size;
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (way == "packet") {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        auto* choice = CMSG_FIRSTHDR(&message);
        choice->cmsg_level = IPPROTO_IP;
        choice->cmsg_type = IP_PKTINFO;
        choice->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
        const in_pktinfo by = {.ipi_ifindex = loopback, .ipi_spec_dst = {}, .ipi_addr = {}};
        memcpy(CMSG_DATA(choice), &by, sizeof by);
    }
    return outcome(sendmsg(end, &message, 0));
}

/// One connection that was made, or -1.
int connected(const Address& address)
{
    const int end = socket(address.family(), address.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int begun = outcome(connect(end, address.generic(), address.size));
    const int problem = begun == EINPROGRESS ? finish_connect(end) : begun;
    if (problem == 0)
        return end;
    close(end);
    errno = problem;
    return -1;
}

constexpr unsigned connects_limit_s = 300; // on a busy machine

/// COUNT:ADDRESS: so many, one after the other; each that is made carries a byte. Success
/// is one.
int try_connects(const std::string& argument)
{
    const auto colon = argument.find(':');
    const auto address = address_of(argument.substr(colon + 1));
    alarm(connects_limit_s);
    int made = 0;
    int problem = 0;
    for (int left = std::stoi(argument.substr(0, colon)); left > 0; --left)
        if (const int end = connected(address); end >= 0) {
            made += send(end, "x", 1, MSG_NOSIGNAL) == 1 ? 1 : 0; // stays open: it may arrive later
        } else {
            problem = errno;
        }
    return made > 0 ? 0 : problem;
}

/// A byte each few milliseconds, for some seconds; success is that all could be sent.
int try_drip(const std::string& text)
{
    const int end = connected(address_of(text));
    if (end < 0)
        return errno;
    constexpr int bytes = 400;
    constexpr useconds_t pause_us = 10'000;
    for (int left = bytes; left > 0; --left) {
        if (send(end, "x", 1, MSG_NOSIGNAL) != 1)
            return errno;
        usleep(pause_us);
    }
    return 0;
}

/// Whatever kind of socket listens there.
int connect_unix(const sockaddr_un& name, socklen_t size)
{
    int problem = 0;
    for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
        const int end = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        problem = outcome(connect(end, reinterpret_cast<const sockaddr*>(&name), size));
        close(end);
        if (problem != EPROTOTYPE)
            break;
    }
    return problem;
}

int try_unix(const std::string& path)
{
    sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    return connect_unix(name, sizeof name);
}

int try_abstract(const std::string& id)
{
    sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = {}};
    id.copy(name.sun_path + 1, sizeof name.sun_path - 1);
    return connect_unix(name, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + id.size()));
}

// --- the bus ---------------------------------------------------------------------

/// A method call without arguments, as the D-Bus Specification has it ("Message Format").
class Call {
public:
    Call(std::uint8_t serial, const std::string& destination, const std::string& path,
         const std::string& interface, const std::string& member)
    {
        add_field(1, 'o', path);
        add_field(2, 's', interface);
        add_field(3, 's', member);
        add_field(6, 's', destination);
        const auto size = static_cast<std::uint8_t>(fields_.size()); // all of ours are short
        bytes_ = {'l', 1, 0, 1, 0, 0, 0, 0, static_cast<char>(serial), 0, 0, 0, static_cast<char>(size),
                  0,   0, 0};
        bytes_ += fields_;
        pad(bytes_);
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

private:
    static void pad(std::string& bytes) { bytes.resize((bytes.size() + 7) / 8 * 8); }

    void add_field(char code, char type, const std::string& value)
    {
        pad(fields_);
        fields_ += {code, 1, type, 0, static_cast<char>(value.size()), 0, 0, 0};
        fields_ += value;
        fields_ += '\0';
    }

    std::string fields_;
    std::string bytes_;
};

bool read_all(int end, char* bytes, std::size_t size)
{
    while (size > 0) {
        const auto got = read(end, bytes, size);
        if (got <= 0)
            return false;
        bytes += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

/// What answers a call; signals are passed over. Empty where the bus says nothing more.
std::string read_answer(int end)
{
    constexpr std::size_t header_size = 16;
    while (true) {
        std::array<char, header_size> header = {};
        if (!read_all(end, header.data(), header.size()))
            return "";
        std::uint32_t body = 0;
        std::uint32_t fields = 0;
        memcpy(&body, &header[4], sizeof body);
        memcpy(&fields, &header[12], sizeof fields);
        std::string rest((fields + 7) / 8 * 8 + body, '\0');
        if (!read_all(end, rest.data(), rest.size()))
            return "";
        if (header[1] == 2 || header[1] == 3)
            return header[1] + rest;
    }
}

/// By the user that the bus sees, as "SASL EXTERNAL" of the specification has it.
int log_in(int end)
{
    using namespace std::string_view_literals;
    constexpr auto words = "\0AUTH EXTERNAL\r\nDATA\r\n"sv;
    if (send(end, words.data(), words.size(), MSG_NOSIGNAL) < 0)
        return errno;
    std::string answer; // "DATA", and "OK" with the bus's number, each a line
    while (!answer.contains("OK ") || !answer.ends_with("\r\n")) {
        std::array<char, 512> part = {};
        const auto got = read(end, part.data(), part.size());
        if (got <= 0 || answer.contains("REJECTED"))
            return EPROTO;
        answer.append(part.data(), static_cast<std::size_t>(got));
    }
    return 0;
}

/// A service of the system's bus, asked for nothing but an answer.
int try_bus_call(const std::string& service)
{
    const sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "/run/dbus/system_bus_socket"};
    const int end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(end, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
        return errno;
    if (const int problem = log_in(end); problem != 0)
        return problem;
    const std::string bus = "org.freedesktop.DBus";
    const auto calls = "BEGIN\r\n" + Call(1, bus, "/org/freedesktop/DBus", bus, "Hello").bytes() +
                       Call(2, service, "/", bus + ".Peer", "Ping").bytes();
    if (send(end, calls.data(), calls.size(), MSG_NOSIGNAL) < 0)
        return errno;
    const auto greeted = read_answer(end);
    const auto answer = greeted.empty() ? greeted : read_answer(end);
    if (answer.empty())
        return EPROTO;
    return answer.front() == 2 ? 0 : answer.contains("AccessDenied") ? EACCES : EIO;
}

// --- address families -----------------------------------------------------------

struct Kind {
    int family;
    int type;
    int protocol = 0;
};

constexpr int protocol_smc = 256; // since Linux 6.11: linux/smc.h

const std::map<std::string, Kind> kinds = {
    {"NETLINK", {AF_NETLINK, SOCK_RAW}},
    {"ALG", {AF_ALG, SOCK_SEQPACKET}},
    {"VSOCK", {AF_VSOCK, SOCK_STREAM}},
    {"PACKET", {AF_PACKET, SOCK_RAW}},
    {"INET", {AF_INET, SOCK_STREAM}},
    {"INET6", {AF_INET6, SOCK_DGRAM}},
    {"UNIX", {AF_UNIX, SOCK_STREAM}},
    {"RAW", {AF_INET, SOCK_RAW, IPPROTO_ICMP}},
    // TCP and UDP on the wire, or nearly, and other protocols to whoever filters.
    {"MPTCP", {AF_INET, SOCK_STREAM, IPPROTO_MPTCP}},
    {"SMC", {AF_INET, SOCK_STREAM, protocol_smc}},
    {"SCTP", {AF_INET, SOCK_STREAM, IPPROTO_SCTP}},
    {"SCTP6", {AF_INET6, SOCK_SEQPACKET, IPPROTO_SCTP}},
    {"DCCP", {AF_INET, SOCK_DCCP, IPPROTO_DCCP}},
    {"UDPLITE", {AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE}},
    {"UDPLITE6", {AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE}},
    {"L2TP", {AF_INET, SOCK_DGRAM, IPPROTO_L2TP}},
};

int try_socket(const std::string& name)
{
    const auto& kind = kinds.at(name);
    return outcome(syscall(SYS_socket, kind.family, kind.type, kind.protocol));
}

/// So many at a time, of TCP and of UDP, each with a port of the kernel's choice.
int try_sockets(const std::string& number)
{
    for (int left = std::stoi(number); left > 0; --left) {
        const auto& kind = kinds.at(left % 2 == 0 ? "INET" : "INET6");
        const int made = socket(kind.family, kind.type | SOCK_CLOEXEC, 0);
        if (made < 0)
            return errno;
    }
    return 0;
}

/// The old way of 32-bit programs, whose arguments no filter can see.
int try_socketcall([[maybe_unused]] const std::string& name)
{
#ifdef __i386__
    constexpr int make_socket = 1; // SYS_SOCKET of linux/net.h
    const auto& kind = kinds.at(name);
    std::array<unsigned long, 3> arguments = {static_cast<unsigned long>(kind.family),
                                              static_cast<unsigned long>(kind.type),
                                              static_cast<unsigned long>(kind.protocol)};
    return outcome(syscall(SYS_socketcall, make_socket, arguments.data()));
#else
    return EOPNOTSUPP;
#endif
}

constexpr std::array attempts = {
    Attempt{"bind", try_bind},
    Attempt{"connect", try_connect},
    Attempt{"drip", try_drip},
    Attempt{"connects", try_connects},
    Attempt{"unix", try_unix},
    Attempt{"abstract", try_abstract},
    Attempt{"socket", try_socket},
    Attempt{"socketcall", try_socketcall},
    Attempt{"sockets", try_sockets},
    Attempt{"bus-call", try_bus_call},
    Attempt{"by-loopback", try_by_loopback},
};

} // namespace

std::span<const Attempt> network_attempts()
{
    return attempts;
}

} // namespace probe
