#pragma once

#include <chrono>
#include <ctime>
#include <memory>
#include <systemd/sd-event.h>

namespace left4me {

struct EndEventSource {
    void operator()(sd_event_source* source) const noexcept { sd_event_source_disable_unref(source); }
};

/// What an sd_event waits for, for as long as this is there.
using EventSource = std::unique_ptr<sd_event_source, EndEventSource>;

/// Since the boot, with what the host slept (CLOCK_BOOTTIME): no change of the clock moves it.
inline std::chrono::nanoseconds boot_time()
{
    timespec now = {};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

} // namespace left4me
