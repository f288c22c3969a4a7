#include "host/systemd.hpp"

#include "host/systemd_bus.hpp"
#include "host/systemd_jobs.hpp"
#include "system/format.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <systemd/sd-daemon.h>
#include <tuple>

namespace left4me {

using namespace systemd_bus;

namespace {

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

/// The second or the only path in each row of a property of mounts: where it is in the view.
Result<void> read_places(sd_bus* bus, const std::string& object, const char* property, const char* type,
                         std::vector<std::string>& places)
{
    const bool bound = std::string_view(type) == "ssbt";
    BusError error;
    sd_bus_message* reply = nullptr;
    int result = sd_bus_get_property(bus, destination, object.c_str(), service_interface, property,
                                     &error.error, &reply, formatted("a({})", type).c_str());
    const BusMessage answer(reply);
    if (result >= 0)
        result = sd_bus_message_enter_container(reply, 'a', formatted("({})", type).c_str());
    const char* first = nullptr;
    const char* second = nullptr;
    while (result >= 0 &&
           (result = bound ? sd_bus_message_read(reply, "(ssbt)", &first, &second, nullptr, nullptr)
                           : sd_bus_message_read(reply, "(ss)", &first, &second)) > 0)
        places.emplace_back(bound ? second : first);
    if (result < 0)
        return fail_bus(formatted("cannot ask systemd for {}", property), error, result);
    return {};
}

/// The length of the deepest of the places that is path or above it.
std::size_t depth_of(const std::vector<std::string>& places, const std::string& path)
{
    std::size_t depth = 0;
    for (const auto& place : places)
        if (path == place || path.starts_with(place + "/"))
            depth = std::max(depth, place.size());
    return depth;
}

} // namespace

bool UnitView::shows(const std::string& path) const
{
    return depth_of(bound, path) > depth_of(emptied, path);
}

int shell_status(const UnitStatus& ended)
{
    if (ended.exit_code == CLD_EXITED)
        return ended.exit_status;
    // systemd 257 may take the first process of a pid namespace for somebody else's child,
    // and then knows no signal. What it ends itself it ends by this one.
    constexpr int signal_base = 128;
    return signal_base + (ended.exit_status != 0 ? ended.exit_status : SIGKILL);
}

void Systemd::CloseBus::operator()(sd_bus* bus) const noexcept
{
    sd_bus_flush_close_unref(bus);
}

Result<Systemd> Systemd::connect()
{
    if (sd_booted() <= 0)
        return fail(ExitStatus::unavailable, "systemd does not run this system");
    sd_bus* bus = nullptr;
    const int result = sd_bus_open_system(&bus);
    if (result < 0)
        return fail(ExitStatus::unavailable,
                    formatted("cannot reach systemd over D-Bus: {}", strerror(-result)));
    return Systemd(Bus(bus));
}

Result<UnitStatus> Systemd::unit_status(const std::string& unit)
{
    const auto object = object_of(unit);
    if (!object)
        return std::unexpected(object.error());
    UnitStatus status;
    std::uint64_t since = 0;
    std::uint64_t changed = 0;
    std::uint64_t begun = 0;
    auto wanted = properties_of(status.origin);
    wanted.insert(wanted.end(), {{"ActiveState", &status.active_state},
                                 {"SubState", &status.sub_state},
                                 {"StateChangeTimestamp", &changed},
                                 {"InactiveExitTimestamp", &begun},
                                 {"ActiveEnterTimestamp", &since}});
    return read_properties(bus_.get(), *object, unit_interface, wanted).transform([&] {
        if (since != 0 && status.active_state == "active")
            status.active_since = std::chrono::microseconds(since);
        if (begun != 0)
            status.begun = std::chrono::microseconds(begun);
        status.changed = std::chrono::microseconds(changed);
        return status;
    });
}

Result<UnitStatus> Systemd::status(const std::string& unit)
{
    const auto object = object_of(unit);
    if (!object)
        return std::unexpected(object.error());
    return unit_status(unit).and_then([&](UnitStatus status) {
        std::uint64_t started = 0;
        std::uint64_t memory = UINT64_MAX;
        return read_properties(bus_.get(), *object, service_interface,
                               {{"Result", &status.result},
                                {"ExecMainCode", &status.exit_code},
                                {"StatusText", &status.status_text},
                                {"ExecMainStatus", &status.exit_status},
                                {"ExecMainStartTimestamp", &started},
                                {"MainPID", &status.main_pid},
                                {"NRestarts", &status.restarts},
                                {"MemoryCurrent", &memory}})
            .transform([&] {
                if (memory != UINT64_MAX) // systemd's "not set"
                    status.memory_bytes = memory;
                if (started != 0)
                    status.started = std::chrono::microseconds(started);
                return status;
            });
    });
}

Result<UnitView> Systemd::view(const std::string& unit)
{
    const auto object = object_of(unit);
    if (!object)
        return std::unexpected(object.error());
    UnitView view;
    for (auto& [property, type, places] : {
             std::tuple("BindPaths", "ssbt", &view.bound),
             std::tuple("BindReadOnlyPaths", "ssbt", &view.bound),
             std::tuple("TemporaryFileSystem", "ss", &view.emptied),
         }) {
        if (auto read = read_places(bus_.get(), *object, property, type, *places); !read)
            return std::unexpected(read.error());
    }
    return view;
}

Result<std::optional<std::chrono::microseconds>> Systemd::next_elapse(const std::string& timer)
{
    const auto object = object_of(timer);
    if (!object)
        return std::unexpected(object.error());
    std::uint64_t elapse = 0;
    return read_properties(bus_.get(), *object, "org.freedesktop.systemd1.Timer",
                           {{"NextElapseUSecRealtime", &elapse}})
        .transform([&]() -> std::optional<std::chrono::microseconds> {
            if (elapse == 0 || elapse == UINT64_MAX)
                return std::nullopt;
            return std::chrono::microseconds(elapse);
        });
}

Result<UnitOrigin> Systemd::origin(const std::string& unit)
{
    const auto object = object_of(unit);
    if (!object)
        return std::unexpected(object.error());
    UnitOrigin origin;
    return read_properties(bus_.get(), *object, unit_interface, properties_of(origin)).transform([&] {
        return origin;
    });
}

Result<std::uint32_t> Systemd::main_process(const std::string& unit)
{
    if (!unit.ends_with(".service"))
        return 0;
    const auto object = object_of(unit);
    if (!object)
        return std::unexpected(object.error());
    // Alone: among all of a service's properties are some that systemd reads from the kernel.
    BusError error;
    std::uint32_t process = 0;
    const int result =
        sd_bus_get_property_trivial(bus_.get(), destination, object->c_str(), service_interface,
                                    "MainPID", &error.error, 'u', &process);
    if (result < 0)
        return fail_bus(formatted("cannot ask systemd for the main process of {}", unit), error, result);
    return process;
}

Result<std::vector<UnitState>> Systemd::states(const std::vector<std::string>& units)
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
    const BusMessage owned_request(request);
    if (result >= 0)
        result = sd_bus_message_append_strv(request, names.data());
    if (result >= 0)
        result = sd_bus_call(bus_.get(), request, 0, &error.error, &reply);
    const BusMessage owned_reply(reply);
    std::vector<UnitState> states;
    if (result >= 0)
        result = for_each_unit(
            reply, [&](const char* unit, const char* state) { states.push_back({unit, state}); });
    if (result == 0 && states.size() != units.size())
        result = -EBADMSG; // never taken for units that are down
    if (result < 0)
        return fail_bus("cannot ask systemd for its units", error, result);
    return states;
}

Result<std::vector<std::string>> Systemd::loaded_units(const char* pattern, const char* other_pattern)
{
    BusError error;
    BusMessage answer;
    int result = call_manager(bus_.get(), "ListUnitsByPatterns", error, answer, "asas", 0, 2, pattern,
                              other_pattern);
    std::vector<std::string> names;
    if (result >= 0)
        result = for_each_unit(answer.get(),
                               [&](const char* unit, const char*) { names.emplace_back(unit); });
    if (result < 0)
        return fail_bus("cannot ask systemd for its units", error, result);
    return names;
}

Result<std::string> Systemd::version()
{
    std::string text;
    return read_properties(bus_.get(), manager_path, manager, {{"Version", &text}}).transform([&] {
        return text;
    });
}

Result<std::vector<std::uint32_t>> Systemd::processes(const std::string& unit)
{
    BusError error;
    BusMessage answer;
    int result = call_manager(bus_.get(), "GetUnitProcesses", error, answer, "s", unit.c_str());
    auto* reply = answer.get();
    std::vector<std::uint32_t> processes;
    if (result >= 0)
        result = sd_bus_message_enter_container(reply, 'a', "(sus)");
    std::uint32_t process = 0;
    while (result >= 0 && (result = sd_bus_message_read(reply, "(sus)", nullptr, &process, nullptr)) > 0)
        processes.push_back(process);
    if (result < 0)
        return fail_bus(formatted("cannot ask systemd for the processes of {}", unit), error, result);
    return processes;
}

Result<void> Systemd::reload()
{
    BusError error;
    BusMessage answer;
    const int result = call_manager(bus_.get(), "Reload", error, answer, nullptr);
    if (result < 0)
        return fail_bus("systemd cannot read its units anew", error, result);
    return {};
}

Result<void> Systemd::reset_failed(const std::string& unit)
{
    BusError error;
    BusMessage answer;
    const int result = call_manager(bus_.get(), "ResetFailedUnit", error, answer, "s", unit.c_str());
    if (result < 0 && !error.is(no_such_unit))
        return fail_bus(formatted("cannot reset the failed state of {}", unit), error, result);
    return {};
}

Result<void> Systemd::clean_state(const std::string& unit)
{
    BusError error;
    BusMessage answer;
    const int result =
        call_manager(bus_.get(), "CleanUnit", error, answer, "sas", unit.c_str(), 1, "state");
    if (result < 0 && error.is("org.freedesktop.systemd1.UnitBusy"))
        return fail(ExitStatus::busy, formatted("{} is at work", unit));
    if (result < 0)
        return fail_bus(formatted("cannot have systemd remove the state of {}", unit), error, result);
    return {};
}

Result<void> Systemd::hold(const std::string& unit)
{
    return object_of(unit).and_then([&](const std::string& object) -> Result<void> {
        BusError error;
        const int result = sd_bus_call_method(bus_.get(), destination, object.c_str(), unit_interface,
                                              "Ref", &error.error, nullptr, "");
        if (result < 0)
            return fail_bus(formatted("cannot hold {}", unit), error, result);
        return {};
    });
}

Result<UnitStatus> Systemd::run_held(const std::string& unit, const std::function<void()>& started,
                                     const WaitForBus& wait)
{
    JobWatch watch;
    ChangeWatch changes;
    auto job =
        watch.subscribe(bus_.get())
            .and_then([&] { return object_of(unit); })
            .and_then([&](const std::string& object) { return changes.subscribe(bus_.get(), object); })
            .and_then([&] { return queue_job(bus_.get(), "StartUnit", unit); });
    if (!job)
        return std::unexpected(job.error());
    bool told = false;
    while (true) {
        int processed = 0;
        while ((processed = sd_bus_process(bus_.get(), nullptr)) > 0)
            ;
        if (processed < 0)
            return fail_bus("lost systemd while waiting for a unit", BusError(), processed);
        const auto result = watch.result_of(*job);
        if (result == "done" && !told) {
            started();
            told = true;
        }
        if (result == "done" && changes.any()) {
            const auto now = status(unit);
            if (!now || now->is_down())
                return now;
            continue; // what has come meanwhile is to be looked at before waiting
        }
        if (!result.empty() && result != "done")
            return fail(ExitStatus::internal, formatted("the job for {} ended with: {}", unit, result));
        const auto caller =
            wait(sd_bus_get_fd(bus_.get()), static_cast<short>(sd_bus_get_events(bus_.get())));
        if (!caller)
            return std::unexpected(caller.error());
        if (*caller == Caller::gone)
            return fail(ExitStatus::cancelled, "cancelled");
    }
}

} // namespace left4me
