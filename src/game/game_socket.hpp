#pragma once

#include "model/game_port.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

namespace left4me {

/// A socket of that kind (SOCK_DGRAM and the like, with flags), connected to the game that has a
/// port on this host: what any other port sends does not reach it. unavailable, with the reason
/// alone, where the port refuses it, which one of datagrams learns later, and one that does not
/// wait (SOCK_NONBLOCK), too.
Result<FileDescriptor> connect_to_game(GamePort port, int kind);

} // namespace left4me
