#include "host/systemd_bus.hpp"

#include "system/format.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace left4me {
namespace {

ExitStatus status_of(const BusError& error, int result)
{
    if (error.is(SD_BUS_ERROR_ACCESS_DENIED) ||
        error.is(SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
        return ExitStatus::not_permitted;
    if (error.is(systemd_bus::no_such_unit))
        return ExitStatus::not_found;
    if (result == -ETIMEDOUT || result == -ENOTCONN || result == -ECONNRESET)
        return ExitStatus::unavailable;
    return ExitStatus::internal;
}

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

} // namespace

std::unexpected<Error> fail_bus(std::string_view act, const BusError& error, int result)
{
    const char* why = error.error.message != nullptr ? error.error.message : strerror(-result);
    return fail(status_of(error, result), formatted("{}: {}", act, escaped(why)));
}

Result<std::string> object_of(const std::string& unit)
{
    char* path = nullptr;
    const int result = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit.c_str(), &path);
    const std::unique_ptr<char, decltype(&std::free)> owned(path, &std::free);
    if (result < 0)
        return fail(ExitStatus::internal,
                    formatted("cannot ask systemd for {}: {}", unit, strerror(-result)));
    return std::string(path);
}

Result<void> read_properties(sd_bus* bus, const std::string& path, const char* interface,
                             const std::vector<Property>& wanted)
{
    BusError error;
    sd_bus_message* reply = nullptr;
    int result = sd_bus_call_method(bus, systemd_bus::destination, path.c_str(),
                                    systemd_bus::properties_interface, "GetAll", &error.error, &reply,
                                    "s", interface);
    const BusMessage owned(reply);
    if (result >= 0)
        result = sd_bus_message_enter_container(reply, 'a', "{sv}");
    while (result > 0)
        result = read_property(reply, wanted);
    if (result < 0)
        return fail_bus("cannot read a unit's properties from systemd", error, result);
    return {};
}

} // namespace left4me
