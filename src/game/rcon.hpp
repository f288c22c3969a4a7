#pragma once

#include "system/error.hpp"
#include "system/secret.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace left4me {

/// One connection to a game that takes commands, without socket and clock: bytes in, bytes out.
/// https://developer.valvesoftware.com/wiki/Source_RCON_Protocol
///
/// Whoever answers may have been taken over: what it says is bounded, and of any bytes.
class RconSession {
public:
    static constexpr std::size_t max_answer_size = 1024U * 1024; ///< bytes
    static constexpr std::size_t max_command_size = 510; ///< bytes: of a console's line, by the engine

    /// Begins with the login.
    explicit RconSession(const Secret& password);

    /// What is to be sent now.
    std::string take_output() { return std::exchange(output_, {}); }

    /// Takes bytes as they come. not_permitted when the password is refused: a second try counts
    /// against whoever asks, whom the game shuts out after some. bad_data for what is no answer.
    Result<void> take(std::string_view bytes);

    [[nodiscard]] bool logged_in() const noexcept { return logged_in_; }

    /// Once logged in, and once the last command is answered.
    void run(std::string_view command);

    /// The answer to that, once it is whole, and once. It may be empty.
    std::optional<std::string> take_answer();

private:
    enum class State : std::uint8_t { idle, asking, answered };
    struct Packet {
        std::uint32_t id;
        std::uint32_t kind;
        std::string_view body;
    };

    Result<void> take_packet(const Packet& packet);
    void send(std::uint32_t id, std::uint32_t kind, std::string_view body);

    std::string input_;
    std::string output_;
    std::string answer_;
    std::uint32_t command_id_ = 0; ///< the next one ends its answer
    bool logged_in_ = false;
    State state_ = State::idle; ///< of the last command
};

/// Whether a text is one command for a console: bad_data, with what is wrong, for one that is
/// empty, too long, or has control characters, of which a newline would begin another command.
Result<void> check_console_command(std::string_view command);

} // namespace left4me
