#include "watch/asked_game.hpp"

#include "game/game_socket.hpp"

#include <array>
#include <sys/socket.h>

namespace left4me {

Result<AskedGame> AskedGame::connect(GamePort port)
{
    return connect_to_game(port, SOCK_DGRAM | SOCK_NONBLOCK).transform([](FileDescriptor socket) {
        return AskedGame(std::move(socket));
    });
}

bool AskedGame::ask()
{
    query_ = ServerQuery(Query::info);
    asking_ = true;
    return send_packet();
}

bool AskedGame::ask_again()
{
    return send_packet();
}

bool AskedGame::send_packet()
{
    const auto packet = query_.packet();
    const auto send_once = [&] {
        return send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) >= 0;
    };
    // The first call may tell what became of an earlier packet.
    return send_once() || send_once();
}

std::optional<ServerInfo> AskedGame::receive()
{
    // So many at a time: a game that sends without end is not to keep the watch from others.
    constexpr int most = 64;
    static std::array<char, 65536> buffer; // NOLINT: one for all, for there may be hundreds
    for (int i = 0; i < most; ++i) {
        const auto size = recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size < 0)
            return std::nullopt;
        if (!asking_)
            continue;
        auto answer = query_.take({buffer.data(), static_cast<std::size_t>(size)});
        if (!answer)
            continue;
        if (query_.must_send())
            send_packet();
        if (*answer) {
            asking_ = false;
            return std::get<ServerInfo>(std::move(**answer));
        }
    }
    return std::nullopt;
}

} // namespace left4me
