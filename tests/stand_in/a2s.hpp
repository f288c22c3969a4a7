#pragma once

#include "game_state.hpp"

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>

namespace stand_in {

/// Valve's server queries: A2S_INFO, A2S_PLAYER and A2S_RULES, each answered only
/// to a sender that has echoed its challenge, so that nobody can have the long
/// answers sent to a forged address.
class QueryResponder {
public:
    /// No query is longer; the engine drops what is.
    static constexpr std::size_t max_request_bytes = 1200;

    explicit QueryResponder(const GameState& game);

    /// Writes the answer to one datagram into 'reply', which is left empty when
    /// the datagram gets none.
    void answer(std::string_view request, const sockaddr_in& from, std::string& reply) const;

private:
    [[nodiscard]] std::uint32_t challenge_of(const sockaddr_in& from) const;
    void info(std::string& reply) const;
    void players(std::string& reply) const;
    void rules(std::string& reply) const;

    const GameState& game_;
    std::uint64_t key_; ///< of the challenges: nothing is kept for a sender
};

} // namespace stand_in
