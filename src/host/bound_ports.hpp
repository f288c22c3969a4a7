#pragma once

#include "model/game_port.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace left4me {

/// Whether a table like /proc/net/udp or tcp6 has a socket of that local port; in one of TCP
/// only those that listen count, for closed connections linger.
bool has_bound_port(std::string_view table, std::uint16_t port);

/// The user of the first of these, as the reader's user namespace has it; none: there is none.
std::optional<std::uint32_t> user_of_port(std::string_view table, std::uint16_t port);

/// Whether a program of this host's network has the port, by UDP or TCP. (Not by binding it,
/// which would keep it from the game at that moment.)
Result<bool> is_bound(GamePort port);

/// Whose program of this host's network has a port. Of this process's user, left4me, no unit but
/// the server's own may bind it.
enum class PortHolder { nobody, own_user, another };
Result<PortHolder> holder_of(GamePort port);

} // namespace left4me
