#include "watch/server_ends.hpp"

namespace left4me {

std::optional<EventKind> ServerEnds::look(const InstanceName& name, const UnitStatus& now)
{
    // The result is that of the last end. A stop that took too long leaves the unit failed, too.
    const Seen seen = {.restarts = now.restarts,
                       .given_up = now.active_state == "failed" && now.result != "timeout"};
    const auto known = seen_.find(name);
    if (known == seen_.end()) {
        seen_.emplace(name, seen);
        return std::nullopt;
    }
    const auto before = std::exchange(known->second, seen);
    if (seen.given_up)
        return before.given_up ? std::nullopt : std::optional(EventKind::given_up);
    // systemd counts its own starts since the last one by hand.
    return seen.restarts > before.restarts ? std::optional(EventKind::crashed) : std::nullopt;
}

bool EventPace::may_tell(EventKind kind, const InstanceName& name, Time now)
{
    constexpr std::chrono::minutes between{10};
    const auto [place, is_first] = told_.try_emplace({kind, name}, now);
    if (!is_first && now - place->second < between)
        return false;
    place->second = now;
    return true;
}

bool is_disk_low(std::uint64_t free, std::uint64_t all, bool was_low)
{
    return all > 0 && free < all / (was_low ? 8 : 10);
}

} // namespace left4me
