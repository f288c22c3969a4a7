#pragma once

#include "host/systemd.hpp"
#include "model/instance_name.hpp"
#include "model/server_event.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace left4me {

/// What the operator is told of ends of games, of one server after the other. Pure.
class ServerEnds {
public:
    /// What has happened since the unit was looked at before; none at the first look.
    std::optional<EventKind> look(const InstanceName& name, const UnitStatus& now);

    /// Of servers that systemd no longer knows.
    void forget(const InstanceName& name) { seen_.erase(name); }

private:
    struct Seen {
        std::uint32_t restarts;
        bool given_up;
    };
    std::map<InstanceName, Seen> seen_;
};

/// Whoever is told each minute that a game loops no longer looks: one event of a kind in ten
/// minutes for each server.
class EventPace {
public:
    using Time = std::chrono::nanoseconds; ///< since the boot

    bool may_tell(EventKind kind, const InstanceName& name, Time now);

private:
    std::map<std::pair<EventKind, InstanceName>, Time> told_;
};

/// Whether that much of a file system is free is little, as it was before or not: below a tenth,
/// until it is an eighth again.
bool is_disk_low(std::uint64_t free, std::uint64_t all, bool was_low);

} // namespace left4me
