#pragma once

#include "host/log_follower.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace left4me {

/// What a game writes, kept as it comes, as far as it has room.
class PlayLog {
public:
    static constexpr std::size_t max_size = std::size_t{2} << 20; ///< bytes; what comes later is dropped

    /// From now on.
    static Result<PlayLog> follow(const InstanceName& name);

    /// Waits until the log says so, and no longer than patience. That it does not is no Error;
    /// cancelled by Ctrl-C.
    Result<void> wait_for(const std::function<bool(std::string_view log)>& says,
                          std::chrono::milliseconds patience);

    /// All of it until now.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    explicit PlayLog(LogFollower follower) : follower_(std::move(follower)) {}

    void take();

    LogFollower follower_;
    std::string text_;
};

} // namespace left4me
