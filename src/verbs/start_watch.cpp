#include "verbs/start_watch.hpp"

#include "host/bound_ports.hpp"
#include "host/server_condition.hpp"
#include "host/unit_names.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

#include <chrono>
#include <thread>

namespace left4me {

Result<void> require_still_there(Systemd& systemd, const InstanceName& name, GamePort port)
{
    using Clock = std::chrono::steady_clock;
    constexpr auto patience = std::chrono::seconds(2);
    constexpr auto pause = std::chrono::milliseconds(20);
    const auto end = Clock::now() + patience;
    while (true) {
        const auto now = systemd.status(server_unit(name));
        if (!now)
            return std::unexpected(now.error());
        // The first game has ended, even where the next one runs by now.
        if (now->active_state != "active" || now->restarts > 0)
            return fail(
                ExitStatus::game_failed,
                formatted("the game ended at once, with {}; it is tried again until l4d2ctl stop {}",
                          end_of(*now), name.str()));
        const auto bound = is_bound(port);
        if (!bound)
            return std::unexpected(bound.error());
        if (*bound || Clock::now() >= end)
            return {};
        if (auto go_on = check_interruption(); !go_on)
            return go_on;
        std::this_thread::sleep_for(pause);
    }
}

} // namespace left4me
