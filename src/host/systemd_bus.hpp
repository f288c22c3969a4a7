#pragma once

#include "system/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <systemd/sd-bus.h>
#include <utility>
#include <variant>
#include <vector>

namespace left4me {

// systemd's manager on the system bus, and the values that it sends: for Systemd and its
// jobs alone.

namespace systemd_bus {
constexpr const char* destination = "org.freedesktop.systemd1";
constexpr const char* manager_path = "/org/freedesktop/systemd1";
constexpr const char* manager = "org.freedesktop.systemd1.Manager";
constexpr const char* unit_interface = "org.freedesktop.systemd1.Unit";
constexpr const char* service_interface = "org.freedesktop.systemd1.Service";
constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";
constexpr const char* already_subscribed = "org.freedesktop.systemd1.AlreadySubscribed";
constexpr const char* no_such_unit = "org.freedesktop.systemd1.NoSuchUnit";
} // namespace systemd_bus

struct ReleaseMessage {
    void operator()(sd_bus_message* message) const noexcept { sd_bus_message_unref(message); }
};
using BusMessage = std::unique_ptr<sd_bus_message, ReleaseMessage>;

struct ReleaseSlot {
    void operator()(sd_bus_slot* slot) const noexcept { sd_bus_slot_unref(slot); }
};
using BusSlot = std::unique_ptr<sd_bus_slot, ReleaseSlot>;

struct BusError {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    BusError() = default;
    BusError(const BusError&) = delete;
    BusError& operator=(const BusError&) = delete;
    ~BusError() { sd_bus_error_free(&error); }

    [[nodiscard]] bool is(const char* name) const { return sd_bus_error_has_name(&error, name) > 0; }
};

/// What was tried, and why it failed: by the answer's error, else by result, a negative errno.
std::unexpected<Error> fail_bus(std::string_view act, const BusError& error, int result);

/// Calls a method of the manager, whose arguments are of types, and gives the answer to read.
template <class... Arguments>
int call_manager(sd_bus* bus, const char* method, BusError& error, BusMessage& answer, const char* types,
                 Arguments... arguments)
{
    sd_bus_message* reply = nullptr;
    const int result =
        sd_bus_call_method(bus, systemd_bus::destination, systemd_bus::manager_path,
                           systemd_bus::manager, method, &error.error, &reply, types, arguments...);
    answer.reset(reply);
    return result;
}

/// A property that is wanted, and where its value goes.
struct Property {
    std::string_view name;
    std::variant<std::string*, std::vector<std::string>*, bool*, std::int32_t*, std::uint32_t*,
                 std::uint64_t*>
        value;
};

/// The unit's object on the bus; systemd loads the unit when the object is asked for something.
/// LoadUnit would tell the same path, after one more reading of a unit that is down.
Result<std::string> object_of(const std::string& unit);

/// All at once: for each call systemd reads a unit that is down from its files.
Result<void> read_properties(sd_bus* bus, const std::string& path, const char* interface,
                             const std::vector<Property>& wanted);

} // namespace left4me
