#pragma once

#include "host/host.hpp"
#include "model/instance_name.hpp"
#include "system/directory.hpp"
#include "system/error.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// When a server was restarted because its game hung: /var/lib/left4me/hung/NAME.times, which
/// root alone writes; beside it what was seen then. Apart from the ends of the game, which
/// systemd counts.
class HungRestarts {
public:
    using Times = std::vector<std::chrono::sys_seconds>;

    /// What is no time in it is passed over.
    static HungRestarts parse(std::string_view text);
    [[nodiscard]] std::string format() const;

    /// The oldest ones are forgotten.
    void add(std::chrono::sys_seconds time);

    /// At most four an hour. Those of a time to come are those of a clock that was wrong.
    [[nodiscard]] bool allow(std::chrono::sys_seconds now) const;

    /// Of the last day.
    [[nodiscard]] Times recent(std::chrono::sys_seconds now) const;

private:
    [[nodiscard]] Times since(std::chrono::sys_seconds begin, std::chrono::sys_seconds now) const;
    Times times_; ///< ascending
};

/// /var/lib/left4me/hung.
Result<Directory> open_hung(const Host& host);

/// None where nothing can be read.
HungRestarts read_hung_restarts(const Directory& hung, const InstanceName& name);

/// As root; what was seen of that time is kept with those before it, four in all.
Result<void> keep_hung_restart(const Directory& hung, const InstanceName& name,
                               std::chrono::sys_seconds time, std::string_view seen);

/// The name of what was seen at a time: "NAME.2026-01-31T12:00:00Z".
std::string hung_record_name(const InstanceName& name, std::chrono::sys_seconds time);

/// As root, of a server that is deleted.
Result<void> remove_hung_restarts(const Directory& hung, const InstanceName& name);

} // namespace left4me
