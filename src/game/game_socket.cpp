#include "game/game_socket.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace left4me {

Result<FileDescriptor> connect_to_game(GamePort port, int kind)
{
    FileDescriptor made(socket(AF_INET, kind | SOCK_CLOEXEC, 0));
    if (!made)
        return fail_errno("cannot make a socket", errno);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port.number());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS)
        return fail(ExitStatus::unavailable, strerror(errno));
    return made;
}

} // namespace left4me
