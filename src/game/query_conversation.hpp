#pragma once

#include "game/server_query.hpp"
#include "model/game_port.hpp"
#include "system/file_descriptor.hpp"

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace left4me {

/// Whether this process may ask games at all: not in a unit that is kept from the network
/// (RestrictAddressFamilies=), as those of jobs are.
bool may_ask_games();

/// One question to the game that has a port on this host, while it waits for its answer: for
/// whoever waits for other things, too. The socket is connected: what any other port sends does
/// not reach it.
class QueryConversation {
public:
    using Clock = std::chrono::steady_clock;

    /// Nothing is asked yet.
    static Result<QueryConversation> open(GamePort port, Query query);

    /// By a socket that somebody else has connected.
    static QueryConversation by(FileDescriptor socket, Query query)
    {
        return {std::move(socket), query};
    }

    /// Sends the question, again if need be: a datagram may be lost, and what asks before the game
    /// has its port is refused.
    void ask();

    /// When it was asked last.
    [[nodiscard]] Clock::time_point asked() const noexcept { return asked_; }

    /// To be polled for POLLIN.
    [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

    /// Takes one datagram, if one has come, and never waits. The answer once it is whole; bad_data
    /// for what is none.
    Result<std::optional<QueryAnswer>> take();

private:
    QueryConversation(FileDescriptor socket, Query query) : socket_(std::move(socket)), query_(query) {}

    FileDescriptor socket_;
    ServerQuery query_;
    Clock::time_point asked_;
    std::vector<char> buffer_;
};

/// Asks the game that has this port, on this host alone, and waits. unavailable when nothing has
/// come in that time (nobody has the port, or who has it says nothing); interrupted.
Result<QueryAnswer> ask_server(GamePort port, Query query, std::chrono::milliseconds patience);

/// The same of a question that is open.
Result<QueryAnswer> ask_and_wait(QueryConversation conversation, std::chrono::milliseconds patience);

} // namespace left4me
