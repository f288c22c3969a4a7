#pragma once

#include "game/a2s.hpp"
#include "game/split_answer.hpp"
#include "system/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace left4me {

/// One question to one server: what to send, and what comes of what is received. It knows no
/// socket and no clock. Whoever sends may send packet() again where nothing comes.
class ServerQuery {
public:
    explicit ServerQuery(Query query) : query_(query) {}

    [[nodiscard]] std::string packet() const { return query_packet(query_, challenge_); }

    /// True after take() where the server wants to see packet() again, with its number in it.
    [[nodiscard]] bool must_send() const noexcept { return must_send_; }

    /// The answer once it is there; none while more has to come. An answer to another question,
    /// as to one that was asked before by the same socket, is passed over. bad_data for what is no
    /// answer at all, and from a server that asks for one number after the other.
    Result<std::optional<QueryAnswer>> take(std::string_view datagram);

private:
    Result<std::optional<QueryAnswer>> take_message(std::string_view message);

    Query query_;
    SplitAnswer split_;
    std::optional<Challenge> challenge_;
    unsigned challenges_ = 0;
    bool must_send_ = false;
};

} // namespace left4me
