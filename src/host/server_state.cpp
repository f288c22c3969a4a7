#include "host/server_state.hpp"

#include "host/unit_names.hpp"
#include "system/format.hpp"

#include <algorithm>

namespace left4me {

Result<bool> is_down(Systemd& systemd, const InstanceName& name)
{
    return systemd.states({server_unit(name), overlay_unit(name)})
        .transform([](const std::vector<UnitState>& states) {
            return std::ranges::all_of(states, &UnitState::is_down);
        });
}

Result<void> require_down(Systemd& systemd, const InstanceName& name)
{
    return systemd.states({server_unit(name), overlay_unit(name)})
        .and_then([](const std::vector<UnitState>& states) -> Result<void> {
            const auto up = std::ranges::find_if_not(states, &UnitState::is_down);
            if (up == states.end())
                return {};
            return fail(ExitStatus::busy,
                        formatted("{} is {}: stop the server first", up->unit, up->state));
        });
}

Result<std::vector<InstanceName>> loaded_servers(Systemd& systemd)
{
    return systemd.loaded_units(server_pattern, overlay_pattern)
        .transform([](const std::vector<std::string>& units) {
            std::vector<InstanceName> names;
            for (const std::string_view unit : units) {
                const auto begin = unit.find('@') + 1;
                if (auto name = InstanceName::parse(unit.substr(begin, unit.rfind('.') - begin)))
                    names.push_back(std::move(*name));
            }
            std::ranges::sort(names);
            const auto repeated = std::ranges::unique(names);
            names.erase(repeated.begin(), repeated.end());
            return names;
        });
}

} // namespace left4me
