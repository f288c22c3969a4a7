#pragma once

#include "host/systemd.hpp"
#include "host/systemd_bus.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace left4me {

/// systemd sends signals to those alone who have asked for them.
Result<void> subscribe_to_manager(sd_bus* bus);

/// Collects the results of jobs, from before the first one is queued.
class JobWatch {
public:
    JobWatch() = default;
    JobWatch(const JobWatch&) = delete; // the bus knows where it is
    JobWatch& operator=(const JobWatch&) = delete;

    Result<void> subscribe(sd_bus* bus);

    /// The result of a job that has ended; "" while it has not.
    [[nodiscard]] std::string result_of(const std::string& job) const;

    /// Waits for every job (its object, its unit); the first one that did not end well is
    /// the error.
    Result<void> wait(const std::vector<std::pair<std::string, std::string>>& jobs,
                      JobPatience patience);

private:
    [[nodiscard]] Result<void> wait_for_bus(std::chrono::steady_clock::time_point deadline,
                                            JobPatience patience) const;
    static int on_removed(sd_bus_message* message, void* self, sd_bus_error* error);

    sd_bus* bus_ = nullptr;
    BusSlot slot_;
    std::map<std::string, std::string> results_;
};

/// Tells that something about one unit has changed.
class ChangeWatch {
public:
    ChangeWatch() = default;
    ChangeWatch(const ChangeWatch&) = delete; // the bus knows where it is
    ChangeWatch& operator=(const ChangeWatch&) = delete;

    Result<void> subscribe(sd_bus* bus, const std::string& object);

    /// Since the last call; true for the first one.
    [[nodiscard]] bool any() { return std::exchange(changed_, false); }

private:
    static int on_changed(sd_bus_message* message, void* self, sd_bus_error* error);

    BusSlot slot_;
    bool changed_ = true;
};

/// Queues a job by that method of the manager: its object; "" when there is no such unit (to
/// be stopped).
Result<std::string> queue_job(sd_bus* bus, const char* method, const std::string& unit);

} // namespace left4me
