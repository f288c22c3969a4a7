#include "doctor/facts.hpp"

#include "doctor/kernel_facts.hpp"
#include "doctor/servers.hpp"
#include "doctor/state_facts.hpp"
#include "doctor/unit_facts.hpp"
#include "host/privilege_drop.hpp"

#include <unistd.h>

namespace left4me {

Result<Findings> examine_host(const Host& host)
{
    auto systemd = Systemd::connect();
    auto findings = look_at_kernel(systemd);
    const auto servers = systemd.and_then([&](Systemd& bus) { return read_servers(host, bus); });
    if (servers)
        append(findings, look_at_units(*systemd, *servers));
    else
        for (const auto check : {Check::packet_rules, Check::units, Check::sandbox})
            findings.push_back(not_checked(check, servers.error()));
    // Seen by root alone; and without it, the rest is.
    const auto holders = find_mount_holders(host).value_or(std::vector<MountHolder>());
    if (geteuid() == 0)
        if (auto dropped = become_service_user(); !dropped)
            return std::unexpected(dropped.error());
    append(findings, look_at_state(host, systemd, servers.value_or(Servers{}), holders));
    return findings;
}

} // namespace left4me
