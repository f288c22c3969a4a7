#pragma once

#include "game/server_query.hpp"
#include "model/game_port.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <optional>

namespace left4me {

/// One game that is asked again and again what it says of itself. Its socket is its own and
/// connected: what comes from any other port never reaches it.
class AskedGame {
public:
    static Result<AskedGame> connect(GamePort port);

    /// Of the socket, to wait for answers.
    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

    /// A new question. False where it could not be sent.
    bool ask();

    /// The same one, whose answer may be lost.
    bool ask_again();

    /// Takes what has come: the answer to the question under way; none while it is not there.
    /// What is no answer to it is passed over.
    std::optional<ServerInfo> receive();

private:
    explicit AskedGame(FileDescriptor socket) : socket_(std::move(socket)) {}
    bool send_packet();

    FileDescriptor socket_;
    ServerQuery query_{Query::info};
    bool asking_ = false;
};

} // namespace left4me
