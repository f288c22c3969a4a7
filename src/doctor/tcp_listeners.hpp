#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// A socket that waits for TCP connections.
struct Listener {
    std::string address; ///< as people write it
    std::uint16_t port;
    std::uint32_t uid;
    bool loopback;
    bool operator==(const Listener&) const = default;
};
/// Those in a table like /proc/net/tcp or tcp6; lines that are none are passed over.
std::vector<Listener> parse_listeners(std::string_view table);

} // namespace left4me
