#pragma once

#include "system/error.hpp"

#include <compare>
#include <cstdint>
#include <string_view>

namespace left4me {

/// A port that a game may be bound to: 1024–65535.
class GamePort {
public:
    /// bad_data for anything but decimal digits in the range.
    static Result<GamePort> parse(std::string_view text);

    [[nodiscard]] std::uint16_t number() const noexcept { return number_; }
    auto operator<=>(const GamePort&) const = default;

private:
    explicit GamePort(std::uint16_t number) : number_(number) {}
    std::uint16_t number_;
};

/// The ports that this host gives to games, both ends included.
struct PortRange {
    GamePort first;
    GamePort last;

    [[nodiscard]] bool contains(GamePort port) const { return first <= port && port <= last; }
};

} // namespace left4me
