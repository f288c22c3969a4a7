#include "doctor/servers.hpp"

#include "host/instance_store.hpp"
#include "host/server_state.hpp"
#include "host/unit_names.hpp"

#include <set>

namespace left4me {

Result<Servers> read_servers(const Host& host, Systemd& systemd)
{
    auto names = loaded_servers(systemd);
    if (!names)
        return std::unexpected(names.error());
    std::set<InstanceName> all(names->begin(), names->end());
    const auto stored =
        InstanceStore::open(host).and_then([](const InstanceStore& store) { return store.names(); });
    if (stored)
        all.insert(stored->begin(), stored->end());
    Servers servers = {.names = {all.begin(), all.end()}, .units = {}, .unlisted = {}};
    if (!stored)
        servers.unlisted = stored.error();
    for (const auto& name : all) {
        const auto unit = systemd.status(server_unit(name));
        if (!unit)
            return std::unexpected(unit.error());
        servers.units.emplace(name, *unit);
    }
    return servers;
}

} // namespace left4me
