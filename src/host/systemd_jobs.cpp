#include "host/systemd_jobs.hpp"

#include "system/caller_watch.hpp"
#include "system/format.hpp"

#include <algorithm>

namespace left4me {

using namespace systemd_bus;

namespace {

/// Longer than any start or stop that the units allow.
constexpr auto max_job_time = std::chrono::minutes(10);

} // namespace

Result<void> subscribe_to_manager(sd_bus* bus)
{
    BusError error;
    BusMessage answer;
    const int result = call_manager(bus, "Subscribe", error, answer, nullptr);
    if (result < 0 && !error.is(already_subscribed)) // by an earlier watch on this connection
        return fail_bus("cannot subscribe to systemd's signals", error, result);
    return {};
}

Result<void> JobWatch::subscribe(sd_bus* bus)
{
    bus_ = bus;
    sd_bus_slot* slot = nullptr;
    const int result = sd_bus_match_signal(bus, &slot, destination, manager_path, manager, "JobRemoved",
                                           on_removed, this);
    if (result < 0)
        return fail_bus("cannot listen to systemd", BusError(), result);
    slot_.reset(slot);
    return subscribe_to_manager(bus);
}

std::string JobWatch::result_of(const std::string& job) const
{
    const auto found = results_.find(job);
    return found == results_.end() ? "" : found->second;
}

Result<void> JobWatch::wait(const std::vector<std::pair<std::string, std::string>>& jobs,
                            JobPatience patience)
{
    const auto deadline = std::chrono::steady_clock::now() + max_job_time;
    const auto open = [&] {
        return std::ranges::any_of(jobs, [&](const auto& job) { return !results_.contains(job.first); });
    };
    while (open()) {
        const int processed = sd_bus_process(bus_, nullptr);
        if (processed < 0)
            return fail_bus("lost systemd while waiting for a job", BusError(), processed);
        if (processed > 0)
            continue;
        if (auto waited = wait_for_bus(deadline, patience); !waited)
            return waited;
    }
    for (const auto& [path, unit] : jobs)
        if (const auto& result = results_.at(path); result != "done" && result != "skipped")
            return fail(ExitStatus::internal, formatted("the job for {} ended with: {}", unit, result));
    return {};
}

Result<void> JobWatch::wait_for_bus(std::chrono::steady_clock::time_point deadline,
                                    JobPatience patience) const
{
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
        return fail(ExitStatus::busy, "systemd did not finish the job in time");
    if (patience == JobPatience::own) {
        sd_bus_wait(bus_, static_cast<std::uint64_t>(
                              std::chrono::microseconds(left).count())); // a signal ends it early
        return {};
    }
    const auto caller =
        wait_with_caller(sd_bus_get_fd(bus_), static_cast<short>(sd_bus_get_events(bus_)),
                         static_cast<int>(left.count()));
    if (!caller)
        return std::unexpected(caller.error());
    if (*caller == Caller::gone)
        return fail(ExitStatus::cancelled, "cancelled: systemd goes on with the job");
    return {};
}

int JobWatch::on_removed(sd_bus_message* message, void* self, sd_bus_error* /*error*/)
{
    std::uint32_t id = 0;
    const char* path = nullptr;
    const char* unit = nullptr;
    const char* result = nullptr;
    if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0)
        static_cast<JobWatch*>(self)->results_.emplace(path, result);
    return 0;
}

Result<void> ChangeWatch::subscribe(sd_bus* bus, const std::string& object)
{
    sd_bus_slot* slot = nullptr;
    const int result = sd_bus_match_signal(bus, &slot, destination, object.c_str(), properties_interface,
                                           "PropertiesChanged", on_changed, this);
    if (result < 0)
        return fail_bus("cannot listen to systemd", BusError(), result);
    slot_.reset(slot);
    return {};
}

int ChangeWatch::on_changed(sd_bus_message* /*message*/, void* self, sd_bus_error* /*error*/)
{
    static_cast<ChangeWatch*>(self)->changed_ = true;
    return 0;
}

Result<std::string> queue_job(sd_bus* bus, const char* method, const std::string& unit)
{
    BusError error;
    BusMessage answer;
    int result = call_manager(bus, method, error, answer, "ss", unit.c_str(), "replace");
    if (result < 0 && error.is(no_such_unit) && std::string_view(method) == "StopUnit")
        return "";
    const char* job = nullptr;
    if (result >= 0)
        result = sd_bus_message_read(answer.get(), "o", &job);
    if (result < 0)
        return fail_bus(formatted("systemd refused a job for {}", unit), error, result);
    return job;
}

Result<void> Systemd::run_jobs(const char* method, const std::vector<std::string>& units,
                               JobPatience patience)
{
    JobWatch watch;
    if (auto subscribed = watch.subscribe(bus_.get()); !subscribed)
        return subscribed;
    std::vector<std::pair<std::string, std::string>> jobs;
    for (const auto& unit : units) {
        auto job = queue_job(bus_.get(), method, unit);
        if (!job)
            return std::unexpected(job.error());
        if (!job->empty())
            jobs.emplace_back(std::move(*job), unit);
    }
    return watch.wait(jobs, patience);
}

Result<void> Systemd::start(const std::vector<std::string>& units, JobPatience patience)
{
    return run_jobs("StartUnit", units, patience);
}

Result<void> Systemd::stop(const std::vector<std::string>& units, JobPatience patience)
{
    return run_jobs("StopUnit", units, patience);
}

Result<void> Systemd::try_restart(const std::vector<std::string>& units, JobPatience patience)
{
    return run_jobs("TryRestartUnit", units, patience);
}

Result<void> Systemd::queue_start(const std::string& unit)
{
    return queue_job(bus_.get(), "StartUnit", unit).transform([](const std::string&) {});
}

Result<void> Systemd::queue_try_restart(const std::vector<std::string>& units)
{
    Result<void> queued;
    for (const auto& unit : units)
        queued = queued.and_then([&] { return queue_job(bus_.get(), "TryRestartUnit", unit); })
                     .transform([](const std::string&) {});
    return queued;
}

Result<void> Systemd::restart(const std::vector<std::string>& units, JobPatience patience)
{
    return run_jobs("RestartUnit", units, patience);
}

} // namespace left4me
