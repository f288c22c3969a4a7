#include "neighbour.hpp"

#include "support.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <format>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

namespace left4me::test {
namespace {

const std::string name_space = "left4me-neighbour";
const std::string device = "left4me-wire";

/// This host's address and the other's, of each kind that a sandbox must tell apart.
const std::vector<std::pair<std::string, std::string>> more_addresses = {
    {"2001:db8:7::1/64", "2001:db8:7::7/64"}, {"172.16.77.1/24", "172.16.77.7/24"},
    {"192.168.77.1/24", "192.168.77.7/24"},   {"100.64.7.1/24", "100.64.7.7/24"},
    {"198.18.7.1/24", "198.18.7.7/24"},       {"fd07:7::1/64", "fd07:7::7/64"},
    {"64:ff9b::1/96", "64:ff9b::a07:707/96"}, {"2002:a07:707::1/64", "2002:a07:707::7/64"},
    {"168.63.129.1/24", "168.63.129.16/24"}, // Azure's
};

int bound_socket(const std::string& address, std::uint16_t port, int type)
{
    const bool six = address.contains(':');
    const int end = socket(six ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(end, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (six) // beside one that has the port of IPv4
        setsockopt(end, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port)};
    sockaddr_in6 name6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    inet_pton(AF_INET, address.c_str(), &name.sin_addr);
    inet_pton(AF_INET6, address.c_str(), &name6.sin6_addr);
    const auto* generic =
        six ? reinterpret_cast<const sockaddr*>(&name6) : reinterpret_cast<const sockaddr*>(&name);
    EXPECT_EQ(bind(end, generic, six ? sizeof name6 : sizeof name), 0) << address << ' ' << port;
    return end;
}

/// The wire by name: with its network namespace it would go only some time after.
void remove_wire()
{
    run({"ip", "link", "delete", device});
    run({"ip", "netns", "delete", name_space});
}

} // namespace

Listener::Listener(const std::string& address, std::uint16_t port)
    : stream_(bound_socket(address, port, SOCK_STREAM)),
      datagram_(bound_socket(address, port, SOCK_DGRAM))
{
    EXPECT_EQ(listen(stream_, SOMAXCONN), 0);
}

Listener::~Listener()
{
    close(stream_);
    close(datagram_);
}

bool Listener::reached()
{
    bool any = false;
    for (int end = -1; (end = accept4(stream_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; any = true)
        close(end);
    for (char byte = 0; recv(datagram_, &byte, 1, 0) >= 0;)
        any = true;
    return any;
}

Neighbour::Neighbour()
{
    remove_wire();
    for (const auto& command : {
             "ip netns add " + name_space,
             std::format("ip link add {} type veth peer name wire netns {}", device, name_space),
             std::format("ip address add 169.254.7.1/24 dev {}", device),
             std::format("ip address add {}/24 dev {}", own_address, device),
             std::format("ip address add {}/24 dev {}", public_address, device),
             std::format("ip link set {} up", device),
             std::format("ip -n {} address add {}/24 dev wire", name_space, link_local),
             std::format("ip -n {} address add {}/24 dev wire", name_space, private_address),
             std::format("ip -n {} address add {}/24 dev wire", name_space, player_address),
             std::format("ip -n {} link set wire up", name_space),
         })
        EXPECT_EQ(run({"sh", "-c", command}).status, 0) << command;
    for (const auto& [own, other] : more_addresses) {
        const auto* at_once = own.contains(':') ? " nodad" : ""; // no wait for duplicates
        for (const auto& command :
             {std::format("ip address add {} dev {}{}", own, device, at_once),
              std::format("ip -n {} address add {} dev wire{}", name_space, other, at_once)})
            EXPECT_EQ(run({"sh", "-c", command}).status, 0) << command;
    }
    for (const auto& command : {
             std::format("ip route add 239.0.0.0/8 dev {}", device),
             // A router answers at each network's first address, its anycast.
             std::format("echo 1 >/proc/sys/net/ipv6/conf/{}/forwarding", device),
         })
        EXPECT_EQ(run({"sh", "-c", command}).status, 0) << command;
}

Neighbour::~Neighbour()
{
    remove_wire();
}

void Neighbour::there(const std::function<void()>& act) const
{
    const int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    const int other = open(("/run/netns/" + name_space).c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(setns(other, CLONE_NEWNET), 0);
    act();
    EXPECT_EQ(setns(own, CLONE_NEWNET), 0);
    close(other);
    close(own);
}

std::unique_ptr<Listener> Neighbour::listen(const std::string& address, std::uint16_t port) const
{
    std::unique_ptr<Listener> listener;
    there([&] { listener = std::make_unique<Listener>(address, port); });
    return listener;
}

} // namespace left4me::test
