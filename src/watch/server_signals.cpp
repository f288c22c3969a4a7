#include "watch/server_signals.hpp"

#include <cstdlib>

namespace left4me {

std::optional<InstanceName> server_of_unit(std::string_view unit)
{
    constexpr std::string_view template_name = "left4me-server@";
    constexpr std::string_view kind = ".service";
    if (!unit.starts_with(template_name) || !unit.ends_with(kind))
        return std::nullopt;
    unit.remove_prefix(template_name.size());
    unit.remove_suffix(kind.size());
    const auto name = InstanceName::parse(unit);
    return name ? std::optional(*name) : std::nullopt;
}

ServerSignals::~ServerSignals()
{
    slot_.reset();
    sd_bus_flush_close_unref(bus_);
}

Result<std::unique_ptr<ServerSignals>> ServerSignals::begin(sd_event* event, Told told)
{
    std::unique_ptr<ServerSignals> signals(new ServerSignals(std::move(told)));
    // Of all units: systemd's manager sends no fewer, and a rule of the bus knows no patterns.
    constexpr const char* rule =
        "type='signal',sender='org.freedesktop.systemd1',"
        "path_namespace='/org/freedesktop/systemd1/unit',"
        "interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',"
        "arg0='org.freedesktop.systemd1.Unit'";
    int result = sd_bus_open_system(&signals->bus_);
    if (result >= 0)
        result = sd_bus_set_exit_on_disconnect(signals->bus_, 1);
    sd_bus_slot* slot = nullptr;
    if (result >= 0)
        result = sd_bus_add_match(signals->bus_, &slot, rule, on_changed, signals.get());
    signals->slot_.reset(slot);
    BusError error;
    BusMessage answer;
    if (result >= 0)
        result = call_manager(signals->bus_, "Subscribe", error, answer, "");
    if (result >= 0)
        result = sd_bus_attach_event(signals->bus_, event, SD_EVENT_PRIORITY_NORMAL);
    if (result < 0)
        return fail_bus("cannot listen to systemd", error, result);
    return signals;
}

int ServerSignals::on_changed(sd_bus_message* message, void* self, sd_bus_error* /*error*/)
{
    char* unit = nullptr;
    const int result =
        sd_bus_path_decode(sd_bus_message_get_path(message), "/org/freedesktop/systemd1/unit", &unit);
    const std::unique_ptr<char, decltype(&std::free)> owned(unit, &std::free);
    if (result > 0)
        if (const auto name = server_of_unit(unit))
            static_cast<ServerSignals*>(self)->told_(*name);
    return 0;
}

} // namespace left4me
