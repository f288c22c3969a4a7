#pragma once

#include "host/waiting_restart.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace left4me {

/// How long nobody must have played before a restart that waits for it.
constexpr std::chrono::minutes empty_long_enough{5};

enum class WaitingDecision : std::uint8_t { wait, restart_now, done };

/// What is to become of a restart that waits. Pure.
struct WaitingFacts {
    std::chrono::sys_seconds now;
    std::optional<std::chrono::sys_seconds> mounted; ///< the server's layers; none: it is down
    std::optional<std::chrono::nanoseconds> empty; ///< for so long nobody has played; none: not known
};

WaitingDecision decide_waiting(const WaitingRestart& waiting, const WaitingFacts& facts);

} // namespace left4me
