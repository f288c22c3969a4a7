#pragma once

#include "model/instance_name.hpp"
#include "system/directory.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace left4me {

/// When the layers of a server were mounted, since the epoch: the last ones, runtime/NAME/mounts.
/// Root writes it, so what the server's own files were made over can be told for as long as
/// they are there, through crashes and boots.
class MountTimes {
public:
    static MountTimes parse(std::string_view text); ///< what is no time in it is passed over
    [[nodiscard]] std::string format() const;

    void add(std::chrono::microseconds time);

    /// The begin of the mount in which something was made at that time; that time itself where
    /// it is from before all that is known.
    [[nodiscard]] std::chrono::microseconds mount_at(std::chrono::microseconds time) const;

private:
    std::vector<std::chrono::microseconds> times_; ///< ascending
};

/// Adds one, as root; runtime is runtime/NAME. What cannot be written is missing: no server is
/// kept from its start for it.
void note_mount(const Directory& runtime, std::chrono::microseconds time);

/// None where nothing can be read.
MountTimes read_mount_times(const Directory& state, const InstanceName& name);

} // namespace left4me
