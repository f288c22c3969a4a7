#include "host/unit_watch.hpp"

#include "host/systemd_bus.hpp"
#include "host/systemd_jobs.hpp"

#include <utility>

namespace left4me {

UnitWatch::UnitWatch() = default;
UnitWatch::UnitWatch(UnitWatch&&) noexcept = default;
UnitWatch& UnitWatch::operator=(UnitWatch&&) noexcept = default;
UnitWatch::~UnitWatch() = default;

Result<void> UnitWatch::subscribe(sd_bus* bus, const std::vector<std::string>& units)
{
    bus_ = bus;
    if (auto subscribed = subscribe_to_manager(bus); !subscribed)
        return subscribed;
    for (const auto& unit : units) {
        watches_.push_back(std::make_unique<ChangeWatch>());
        auto subscribed = object_of(unit).and_then(
            [&](const std::string& object) { return watches_.back()->subscribe(bus, object); });
        if (!subscribed)
            return subscribed;
    }
    return {};
}

Result<UnitWatch> Systemd::watch(const std::vector<std::string>& units)
{
    UnitWatch watch;
    return watch.subscribe(bus_.get(), units).transform([&] { return std::move(watch); });
}

int UnitWatch::descriptor() const
{
    return sd_bus_get_fd(bus_);
}

short UnitWatch::events() const
{
    return static_cast<short>(sd_bus_get_events(bus_));
}

Result<std::vector<std::size_t>> UnitWatch::changed()
{
    int processed = 0;
    while ((processed = sd_bus_process(bus_, nullptr)) > 0)
        ;
    if (processed < 0)
        return fail_bus("lost systemd while waiting for a unit", BusError(), processed);
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < watches_.size(); ++i)
        if (watches_[i]->any())
            changed.push_back(i);
    return changed;
}

} // namespace left4me
