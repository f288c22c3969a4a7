#pragma once

#include "host/systemd_bus.hpp"
#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <systemd/sd-event.h>

namespace left4me {

/// The server whose unit that name is; none for any other unit's.
std::optional<InstanceName> server_of_unit(std::string_view unit);

/// Tells that the unit of a server has changed, by systemd's signals. Whoever is told asks what
/// has become of it: a signal says what was.
class ServerSignals {
public:
    using Told = std::function<void(const InstanceName&)>;

    /// The loop ends when the bus does.
    static Result<std::unique_ptr<ServerSignals>> begin(sd_event* event, Told told);

    ServerSignals(const ServerSignals&) = delete; // the bus knows where it is
    ServerSignals& operator=(const ServerSignals&) = delete;
    ~ServerSignals();

private:
    explicit ServerSignals(Told told) : told_(std::move(told)) {}
    static int on_changed(sd_bus_message* message, void* self, sd_bus_error* error);

    Told told_;
    sd_bus* bus_ = nullptr;
    BusSlot slot_;
};

} // namespace left4me
