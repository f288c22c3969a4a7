#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace left4me::test {

/// Somebody who waits for connections and datagrams at one address, IPv4 or IPv6.
class Listener {
public:
    Listener(const std::string& address, std::uint16_t port);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Whether a connection or a datagram has come since the last call.
    bool reached();

private:
    int stream_;
    int datagram_;
};

inline const std::string link_local = "169.254.7.7"; ///< as a cloud host's metadata service has
inline const std::string private_address = "10.7.7.7";
inline const std::string own_address = "10.7.7.1"; ///< this host's, on the wire to the other
inline const std::string player_address = "198.51.100.7"; ///< a public one: players come from such
inline const std::string public_address = "198.51.100.1"; ///< this host's, for them
inline const std::string player_address6 = "2001:db8:7::7";
inline const std::string provider_address = "168.63.129.16"; ///< public, and yet the provider's

/// Another host on a wire to this one: a network namespace that has these and, with a 7
/// at their ends, private and public addresses of each kind; this host's end with a 1.
class Neighbour {
public:
    Neighbour();
    ~Neighbour();
    Neighbour(const Neighbour&) = delete;
    Neighbour& operator=(const Neighbour&) = delete;

    /// What act opens is there: a socket stays in the network namespace that it was made in.
    void there(const std::function<void()>& act) const;

    /// A listener there.
    [[nodiscard]] std::unique_ptr<Listener> listen(const std::string& address, std::uint16_t port) const;
};

} // namespace left4me::test
