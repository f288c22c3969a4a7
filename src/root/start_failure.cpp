#include "host/systemd.hpp"

#include "host/places.hpp"
#include "root/boot_link.hpp"
#include "system/caller_watch.hpp"
#include "system/mount_point.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <format>
#include <map>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <utility>
#include <variant>

namespace left4me {
namespace {

constexpr const char* destination = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager = "org.freedesktop.systemd1.Manager";
constexpr const char* unit_interface = "org.freedesktop.systemd1.Unit";
constexpr const char* service_interface = "org.freedesktop.systemd1.Service";
constexpr const char* already_subscribed = "org.freedesktop.systemd1.AlreadySubscribed";
constexpr const char* server_pattern = "left4me-server@*.service";
constexpr const char* overlay_pattern = "left4me-overlay@*.service";
constexpr const char* no_such_unit = "org.freedesktop.systemd1.NoSuchUnit";

/// Longer than any start or stop that the units allow.
constexpr auto job_limit = std::chrono::minutes(10);

struct ReleaseMessage {
    void operator()(sd_bus_message* message) const noexcept { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, ReleaseMessage>;

struct ReleaseSlot {
    void operator()(sd_bus_slot* slot) const noexcept { sd_bus_slot_unref(slot); }
};
using Slot = std::unique_ptr<sd_bus_slot, ReleaseSlot>;

struct BusError {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    BusError() = default;
    BusError(const BusError&) = delete;
    BusError& operator=(const BusError&) = delete;
    ~BusError() { sd_bus_error_free(&error); }

    [[nodiscard]] bool is(const char* name) const { return sd_bus_error_has_name(&error, name) > 0; }
};

ExitStatus status_of(const BusError& error, int result)
{
    if (error.is(SD_BUS_ERROR_ACCESS_DENIED) ||
        error.is(SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
        return ExitStatus::not_permitted;
    if (error.is(no_such_unit))
        return ExitStatus::not_found;
    if (result == -ETIMEDOUT || result == -ENOTCONN || result == -ECONNRESET)
        return ExitStatus::unavailable;
    return ExitStatus::internal;
}

std::unexpected<Error> fail_bus(std::string_view act, const BusError& error, int result)
{
    const char* why = error.error.message != nullptr ? error.error.message : strerror(-result);
    return fail(status_of(error, result), std::format("{}: {}", act, escaped(why)));
}

/// A property that is wanted, and where its value goes.
struct Property {
    std::string_view name;
    std::variant<std::string*, std::vector<std::string>*, bool*, std::int32_t*, std::uint32_t*,
                 std::uint64_t*>
        value;
};

int read_value(sd_bus_message* message, std::string* value)
{
    const char* text = "";
    const int result = sd_bus_message_read(message, "v", "s", &text);
    *value = text;
    return result;
}

int read_value(sd_bus_message* message, std::vector<std::string>* values)
{
    int result = sd_bus_message_enter_container(message, 'v', "as");
    if (result >= 0)
        result = sd_bus_message_enter_container(message, 'a', "s");
    const char* text = nullptr;
    while (result >= 0 && (result = sd_bus_message_read(message, "s", &text)) > 0)
        values->emplace_back(text);
    for (int level = 0; level < 2 && result >= 0; ++level)
        result = sd_bus_message_exit_container(message);
    return result;
}

int read_value(sd_bus_message* message, bool* value)
{
    int truth = 0;
    const int result = sd_bus_message_read(message, "v", "b", &truth);
    *value = truth != 0;
    return result;
}

int read_value(sd_bus_message* message, std::int32_t* value)
{
    return sd_bus_message_read(message, "v", "i", value);
}

int read_value(sd_bus_message* message, std::uint32_t* value)
{
    return sd_bus_message_read(message, "v", "u", value);
}

int read_value(sd_bus_message* message, std::uint64_t* value)
{
    return sd_bus_message_read(message, "v", "t", value);
}

/// One entry of the answer to GetAll; 0 at its end.
int read_property(sd_bus_message* message, const std::vector<Property>& wanted)
{
    int result = sd_bus_message_enter_container(message, 'e', "sv");
    if (result <= 0)
        return result;
    const char* name = nullptr;
    result = sd_bus_message_read(message, "s", &name);
    if (result < 0)
        return result;
    const auto found = std::ranges::find(wanted, std::string_view(name), &Property::name);
    result = found == wanted.end()
                 ? sd_bus_message_skip(message, "v")
                 : std::visit([&](auto* value) { return read_value(message, value); }, found->value);
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

/// All at once: for each call systemd reads a unit that is down from its files.
Result<void> read_properties(sd_bus* bus, const std::string& path, const char* interface,
                             const std::vector<Property>& wanted)
{
    BusError error;
    sd_bus_message* reply = nullptr;
    int result = sd_bus_call_method(bus, destination, path.c_str(), "org.freedesktop.DBus.Properties",
                                    "GetAll", &error.error, &reply, "s", interface);
    const Message owned(reply);
    if (result >= 0)
        result = sd_bus_message_enter_container(reply, 'a', "{sv}");
    while (result > 0)
        result = read_property(reply, wanted);
    if (result < 0)
        return fail_bus("cannot read a unit's properties from systemd", error, result);
    return {};
}

std::vector<Property> properties_of(UnitOrigin& origin)
{
    return {{"LoadState", &origin.load_state},
            {"FragmentPath", &origin.fragment},
            {"DropInPaths", &origin.drop_ins},
            {"NeedDaemonReload", &origin.needs_reload}};
}

/// The rows of a list of units: visit gets the name and the active state of each.
template <class Visit>
int for_each_unit(sd_bus_message* reply, Visit visit)
{
    int result = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
    while (result > 0) {
        const char* unit = nullptr;
        const char* state = nullptr;
        result = sd_bus_message_read(reply, "(ssssssouso)", &unit, nullptr, nullptr, &state, nullptr,
                                     nullptr, nullptr, nullptr, nullptr, nullptr);
        if (result > 0)
            visit(unit, state);
    }
    return result;
}

/// Collects the results of jobs, from before the first one is queued.
class JobWatch {
public:
    Result<void> subscribe(sd_bus* bus)
    {
        bus_ = bus;
        sd_bus_slot* slot = nullptr;
        int result = sd_bus_match_signal(bus, &slot, destination, manager_path, manager, "JobRemoved",
                                         on_removed, this);
        if (result < 0)
            return fail_bus("cannot listen to systemd", BusError(), result);
        slot_.reset(slot);
        BusError error;
        result = sd_bus_call_method(bus, destination, manager_path, manager, "Subscribe", &error.error,
                                    nullptr, nullptr);
        if (result < 0 && !error.is(already_subscribed)) // by an earlier watch on this connection
            return fail_bus("cannot subscribe to systemd's signals", error, result);
        return {};
    }

    /// The result of a job that has ended; "" while it has not.
    [[nodiscard]] std::string result_of(const std::string& job) const
    {
        const auto found = results_.find(job);
        return found == results_.end() ? "" : found->second;
    }

    /// Waits for every job; the first one that did not end well is the error.
    Result<void> wait(const std::vector<std::pair<std::string, std::string>>& jobs, bool with_caller)
    {
        const auto deadline = std::chrono::steady_clock::now() + job_limit;
        const auto open = [&] {
            return std::ranges::any_of(jobs,
                                       [&](const auto& job) { return !results_.contains(job.first); });
        };
        while (open()) {
            const int processed = sd_bus_process(bus_, nullptr);
            if (processed < 0)
                return fail_bus("lost systemd while waiting for a job", BusError(), processed);
            if (processed > 0)
                continue;
            if (auto waited = wait_for_bus(deadline, with_caller); !waited)
                return waited;
        }
        for (const auto& [path, unit] : jobs)
            if (const auto& result = results_.at(path); result != "done" && result != "skipped")
                return fail(ExitStatus::internal,
                            std::format("the job for {} ended with: {}", unit, result));
        return {};
    }

private:
    [[nodiscard]] Result<void> wait_for_bus(std::chrono::steady_clock::time_point deadline,
                                            bool with_caller) const
    {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return fail(ExitStatus::busy, "systemd did not finish the job in time");
        if (!with_caller) {
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

    static int on_removed(sd_bus_message* message, void* self, sd_bus_error* /*error*/)
    {
        std::uint32_t id = 0;
        const char* path = nullptr;
        const char* unit = nullptr;
        const char* result = nullptr;
        if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0)
            static_cast<JobWatch*>(self)->results_.emplace(path, result);
        return 0;
    }

    sd_bus* bus_ = nullptr;
    Slot slot_;
    std::map<std::string, std::string> results_;
};

/// Tells that something about one unit has changed.
class ChangeWatch {
public:
    Result<void> subscribe(sd_bus* bus, const std::string& object)
    {
        sd_bus_slot* slot = nullptr;
        const int result = sd_bus_match_signal(bus, &slot, destination, object.c_str(),
                                               "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                               on_changed, this);
        if (result < 0)
            return fail_bus("cannot listen to systemd", BusError(), result);
        slot_.reset(slot);
        return {};
    }

    /// Since the last call; true for the first one.
    [[nodiscard]] bool any() { return std::exchange(changed_, false); }

private:
    static int on_changed(sd_bus_message* /*message*/, void* self, sd_bus_error* /*error*/)
    {
        static_cast<ChangeWatch*>(self)->changed_ = true;
        return 0;
    }

    Slot slot_;
    bool changed_ = true;
};

/// The job's object; "" when there is no such unit (to be stopped).
Result<std::string> queue_job(sd_bus* bus, const char* method, const std::string& unit)
{
    BusError error;
    sd_bus_message* reply = nullptr;
    int result = sd_bus_call_method(bus, destination, manager_path, manager, method, &error.error,
                                    &reply, "ss", unit.c_str(), "replace");
    const Message owned(reply);
    if (result < 0 && error.is(no_such_unit) && std::string_view(method) == "StopUnit")
        return "";
    const char* job = nullptr;
    if (result >= 0)
        result = sd_bus_message_read(reply, "o", &job);
    if (result < 0)
        return fail_bus(std::format("systemd refused a job for {}", unit), error, result);
    return job;
}

/// The program did, once it ran: what systemd could not set up for it has statuses of 200
/// and more.
bool ended_by_itself(const UnitStatus& status)
{
    constexpr int first_of_systemd = 200;
    return status.exit_code != 0 && status.exit_status < first_of_systemd &&
           status.exit_status != static_cast<int>(ExitStatus::launch_failed);
}

} // namespace

void UnitControl::CloseBus::operator()(sd_bus* bus) const noexcept
{
    sd_bus_flush_close_unref(bus);
}

Result<UnitControl> UnitControl::connect()
{
    if (sd_booted() <= 0)
        return fail(ExitStatus::unavailable, "systemd does not run this system");
    sd_bus* bus = nullptr;
    const int result = sd_bus_open_system(&bus);
    if (result < 0)
        return fail(ExitStatus::unavailable,
                    std::format("cannot reach systemd over D-Bus: {}", strerror(-result)));
    return UnitControl(Bus(bus));
}

/// The unit's object on the bus.
Result<std::string> UnitControl::load(const std::string& unit)
{
    BusError error;
    sd_bus_message* reply = nullptr;
    int result = sd_bus_call_method(bus_.get(), destination, manager_path, manager, "LoadUnit",
                                    &error.error, &reply, "s", unit.c_str());
    const Message owned(reply);
    const char* object = nullptr;
    if (result >= 0)
        result = sd_bus_message_read(reply, "o", &object);
    if (result < 0)
        return fail_bus(std::format("cannot ask systemd for {}", unit), error, result);
    return object;
}

Result<UnitStatus> UnitControl::status(const std::string& unit)
{
    const auto object = load(unit);
    if (!object)
        return std::unexpected(object.error());
    UnitStatus status;
    std::uint64_t since = 0;
    std::uint64_t changed = 0;
    std::uint64_t started = 0;
    std::uint64_t memory = UINT64_MAX;
    auto wanted = properties_of(status.origin);
    wanted.insert(wanted.end(), {{"ActiveState", &status.active_state},
                                 {"SubState", &status.sub_state},
                                 {"StateChangeTimestamp", &changed},
                                 {"ActiveEnterTimestamp", &since}});
    auto read = read_properties(bus_.get(), *object, unit_interface, wanted).and_then([&] {
        return read_properties(bus_.get(), *object, service_interface,
                               {{"Result", &status.result},
                                {"ExecMainCode", &status.exit_code},
                                {"StatusText", &status.status_text},
                                {"ExecMainStatus", &status.exit_status},
                                {"ExecMainStartTimestamp", &started},
                                {"MainPID", &status.main_pid},
                                {"NRestarts", &status.restarts},
                                {"MemoryCurrent", &memory}});
    });
    if (!read)
        return std::unexpected(read.error());
    if (memory != UINT64_MAX) // systemd's "not set"
        status.memory_bytes = memory;
    if (since != 0 && status.active_state == "active")
        status.active_since = std::chrono::microseconds(since);
    if (started != 0)
        status.started = std::chrono::microseconds(started);
    status.changed = std::chrono::microseconds(changed);
    return status;
}

Result<std::vector<UnitControl::ActiveState>>
UnitControl::active_states(const std::vector<std::string>& units)
{
    std::vector<char*> names;
    for (const auto& unit : units)
        names.push_back(const_cast<char*>(unit.c_str())); // NOLINT: sd-bus changes none
    names.push_back(nullptr);
    BusError error;
    sd_bus_message* request = nullptr;
    sd_bus_message* reply = nullptr;
    int result = sd_bus_message_new_method_call(bus_.get(), &request, destination, manager_path, manager,
                                                "ListUnitsByNames");
    const Message owned_request(request);
    if (result >= 0)
        result = sd_bus_message_append_strv(request, names.data());
    if (result >= 0)
        result = sd_bus_call(bus_.get(), request, 0, &error.error, &reply);
    const Message owned_reply(reply);
    std::vector<ActiveState> states;
    if (result >= 0)
        result = for_each_unit(
            reply, [&](const char* unit, const char* state) { states.push_back({unit, state}); });
    if (result == 0 && states.size() != units.size())
        result = -EBADMSG; // never taken for units that are down
    if (result < 0)
        return fail_bus("cannot ask systemd for its units", error, result);
    return states;
}

Result<bool> UnitControl::is_down(const InstanceName& name)
{
    return active_states({server_unit(name), overlay_unit(name)})
        .transform([](const std::vector<ActiveState>& states) {
            return std::ranges::all_of(states, &ActiveState::is_down);
        });
}

Result<UnitOrigin> UnitControl::origin(const std::string& unit)
{
    const auto object = load(unit);
    if (!object)
        return std::unexpected(object.error());
    UnitOrigin origin;
    return read_properties(bus_.get(), *object, unit_interface, properties_of(origin)).transform([&] {
        return origin;
    });
}

Result<std::vector<InstanceName>> UnitControl::loaded_servers()
{
    BusError error;
    sd_bus_message* reply = nullptr;
    int result =
        sd_bus_call_method(bus_.get(), destination, manager_path, manager, "ListUnitsByPatterns",
                           &error.error, &reply, "asas", 0, 2, server_pattern, overlay_pattern);
    const Message owned(reply);
    std::vector<InstanceName> names;
    if (result >= 0)
        result = for_each_unit(reply, [&](std::string_view unit, const char*) {
            const auto begin = unit.find('@') + 1;
            if (auto name = InstanceName::parse(unit.substr(begin, unit.rfind('.') - begin)))
                names.push_back(std::move(*name));
        });
    if (result < 0)
        return fail_bus("cannot ask systemd for its units", error, result);
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

Result<std::string> UnitControl::version()
{
    std::string text;
    return read_properties(bus_.get(), manager_path, manager, {{"Version", &text}}).transform([&] {
        return text;
    });
}

Result<std::vector<std::uint32_t>> UnitControl::processes(const std::string& unit)
{
    BusError error;
    sd_bus_message* reply = nullptr;
    int result = sd_bus_call_method(bus_.get(), destination, manager_path, manager, "GetUnitProcesses",
                                    &error.error, &reply, "s", unit.c_str());
    const Message owned(reply);
    std::vector<std::uint32_t> processes;
    if (result >= 0)
        result = sd_bus_message_enter_container(reply, 'a', "(sus)");
    std::uint32_t process = 0;
    while (result >= 0 && (result = sd_bus_message_read(reply, "(sus)", nullptr, &process, nullptr)) > 0)
        processes.push_back(process);
    if (result < 0)
        return fail_bus(std::format("cannot ask systemd for the processes of {}", unit), error, result);
    return processes;
}

/// Only where they have changed: with many servers systemd takes long to read all units.
Result<void> UnitControl::read_files_anew(const std::string& unit)
{
    return origin(unit).and_then([&](const UnitOrigin& now) -> Result<void> {
        if (!now.needs_reload)
            return {};
        BusError error;
        const int result = sd_bus_call_method(bus_.get(), destination, manager_path, manager, "Reload",
                                              &error.error, nullptr, nullptr);
        if (result < 0)
            return fail_bus("systemd cannot read its units anew", error, result);
        return {};
    });
}

Result<void> UnitControl::reset_failed(const std::string& unit)
{
    BusError error;
    const int result = sd_bus_call_method(bus_.get(), destination, manager_path, manager,
                                          "ResetFailedUnit", &error.error, nullptr, "s", unit.c_str());
    if (result < 0 && !error.is(no_such_unit))
        return fail_bus(std::format("cannot reset the failed state of {}", unit), error, result);
    return {};
}

Result<void> UnitControl::run_jobs(const char* method, const std::vector<std::string>& units,
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
    return watch.wait(jobs, patience == JobPatience::callers);
}

/// For as long as this connection lasts systemd remembers how the unit ended.
Result<void> UnitControl::hold(const std::string& unit)
{
    return load(unit).and_then([&](const std::string& object) -> Result<void> {
        BusError error;
        const int result = sd_bus_call_method(bus_.get(), destination, object.c_str(), unit_interface,
                                              "Ref", &error.error, nullptr, "");
        if (result < 0)
            return fail_bus(std::format("cannot hold {}", unit), error, result);
        return {};
    });
}

Result<UnitStatus> UnitControl::run_held(const std::string& unit, const WaitForBus& wait)
{
    JobWatch watch;
    ChangeWatch changes;
    auto job =
        watch.subscribe(bus_.get())
            .and_then([&] { return load(unit); })
            .and_then([&](const std::string& object) { return changes.subscribe(bus_.get(), object); })
            .and_then([&] { return queue_job(bus_.get(), "StartUnit", unit); });
    if (!job)
        return std::unexpected(job.error());
    while (true) {
        int processed = 0;
        while ((processed = sd_bus_process(bus_.get(), nullptr)) > 0)
            ;
        if (processed < 0)
            return fail_bus("lost systemd while waiting for a unit", BusError(), processed);
        if (const auto result = watch.result_of(*job); result == "done" && changes.any()) {
            const auto now = status(unit);
            if (!now || now->is_down())
                return now;
            continue; // what has come meanwhile is to be looked at before waiting
        } else if (!result.empty() && result != "done")
            return fail(ExitStatus::internal,
                        std::format("the job for {} ended with: {}", unit, result));
        const auto caller =
            wait(sd_bus_get_fd(bus_.get()), static_cast<short>(sd_bus_get_events(bus_.get())));
        if (!caller)
            return std::unexpected(caller.error());
        if (*caller == Caller::gone)
            return fail(ExitStatus::cancelled, "cancelled");
    }
}

Result<UnitStatus> UnitControl::run_to_the_end(const std::string& unit, const std::string& needed,
                                               const WaitForBus& wait)
{
    auto ended =
        hold(unit)
            .and_then([&] { return hold(needed); })
            .and_then([&] { return run_held(unit, wait); })
            .or_else([&](const Error& error) -> Result<UnitStatus> {
                return explain_failed_start({needed, unit, packet_rules_unit}, error).transform([] {
                    return UnitStatus();
                });
            });
    // Nobody else stops them once the caller is gone: so whoever it is that waits.
    auto stopped = run_jobs("StopUnit", {unit, needed}, JobPatience::own)
                       .and_then([&] { return status(needed); })
                       .and_then([](const UnitStatus& now) -> Result<void> {
                           if (now.result == "success" || now.result.empty())
                               return {};
                           return fail(ExitStatus::internal, escaped(now.status_text));
                       });
    if (ended && !stopped)
        return std::unexpected(stopped.error());
    return ended;
}

Result<void> UnitControl::explain_failed_start(const std::vector<std::string>& units, const Error& error)
{
    if (error.status != ExitStatus::internal)
        return std::unexpected(error);
    for (const auto& unit : units) {
        const auto now = status(unit);
        if (!now || now->result == "success")
            continue;
        // The helpers give their reason as status text and exit status.
        if (!now->status_text.empty())
            return fail(static_cast<ExitStatus>(now->exit_status), escaped(now->status_text));
        return fail(
            ended_by_itself(*now) ? ExitStatus::game_failed : ExitStatus::internal,
            std::format("{} did not start: {} (status {})", unit, now->result, now->exit_status));
    }
    return std::unexpected(error);
}

Result<void> UnitControl::enable_now(const InstanceName& name)
{
    const auto server = server_unit(name);
    return make_boot_link(name)
        // An operator who starts a server has mended it: the start limit of
        // what failed before no longer counts.
        .and_then([&] { return reset_failed(server); })
        .and_then([&] { return reset_failed(overlay_unit(name)); })
        .and_then([&] { return read_files_anew(server); })
        .and_then([&] { return run_jobs("StartUnit", {server}, JobPatience::callers); })
        .or_else([&](const Error& error) {
            return explain_failed_start({overlay_unit(name), server, packet_rules_unit}, error);
        });
}

/// A stop whose unmount failed (a shell stood in the tree) leaves the mount
/// behind and its unit down. Started again, the unit has something to stop.
Result<void> UnitControl::adopt_leftover_mount(const InstanceName& name)
{
    return is_mount_point(merged_path(name)).and_then([&](bool mounted) -> Result<void> {
        if (!mounted)
            return {};
        return active_states({overlay_unit(name)}).and_then([&](const auto& states) -> Result<void> {
            if (!states.at(0).is_down())
                return {};
            return run_jobs("StartUnit", {overlay_unit(name)}, JobPatience::callers);
        });
    });
}

Result<void> UnitControl::require_unmounted(const InstanceName& name)
{
    return is_mount_point(merged_path(name)).and_then([&](bool mounted) -> Result<void> {
        if (!mounted)
            return {};
        return status(overlay_unit(name)).and_then([&](const UnitStatus& overlay) -> Result<void> {
            return fail(ExitStatus::busy,
                        overlay.status_text.empty()
                            ? std::format("{} is still mounted", quote(merged_path(name)))
                            : escaped(overlay.status_text));
        });
    });
}

/// A stop that took too long leaves the unit failed. Of one that ended well systemd
/// would have to read all properties from its files again.
Result<bool> UnitControl::was_killed(const std::string& unit)
{
    return active_states({unit}).and_then([&](const auto& states) -> Result<bool> {
        if (states.at(0).state != "failed")
            return false;
        return status(unit).transform([](const UnitStatus& now) { return now.result == "timeout"; });
    });
}

Result<std::string> UnitControl::disable_now(const InstanceName& name)
{
    const auto server = server_unit(name);
    const auto overlay = overlay_unit(name);
    // Both stops are queued at once; the units' order makes the unmount wait
    // until the server is gone.
    auto stopped =
        remove_boot_link(name)
            .and_then([&] { return adopt_leftover_mount(name); })
            .and_then([&] { return run_jobs("StopUnit", {server, overlay}, JobPatience::callers); })
            .and_then([&] { return require_unmounted(name); })
            .and_then([&] { return was_killed(server); });
    if (!stopped)
        return std::unexpected(stopped.error());
    const std::string remark =
        *stopped ? std::format("{} did not end in its time and was killed", server) : "";
    return reset_failed(server).and_then([&] { return reset_failed(overlay); }).transform([&] {
        return remark;
    });
}

Result<void> UnitControl::require_down(const InstanceName& name)
{
    return active_states({server_unit(name), overlay_unit(name)})
        .and_then([](const std::vector<ActiveState>& states) -> Result<void> {
            const auto up = std::ranges::find_if_not(states, &ActiveState::is_down);
            if (up == states.end())
                return {};
            return fail(ExitStatus::busy,
                        std::format("{} is {}: stop the server first", up->unit, up->state));
        });
}

/// A unit that does one thing and ends.
Result<void> UnitControl::run_oneshot(const std::string& unit)
{
    return reset_failed(unit)
        .and_then([&] { return run_jobs("StartUnit", {unit}, JobPatience::callers); })
        .or_else([&](const Error& error) { return explain_failed_start({unit}, error); });
}

Result<void> UnitControl::purge(const InstanceName& name)
{
    return require_down(name).and_then([&] { return run_oneshot(purge_unit(name)); });
}

Result<void> UnitControl::publish_installation()
{
    return run_oneshot(installation_unit);
}

Result<void> UnitControl::inspect_servers()
{
    return run_oneshot(inspection_unit);
}

} // namespace left4me
