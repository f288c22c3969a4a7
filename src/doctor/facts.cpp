#include "doctor/facts.hpp"

#include "doctor/job_facts.hpp"
#include "doctor/kernel_facts.hpp"
#include "doctor/mode_facts.hpp"
#include "doctor/package_facts.hpp"
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
        for (const auto check : {Check::packet_rules, Check::units, Check::sandbox, Check::servers})
            findings.push_back(not_checked(check, servers.error()));
    const auto top = read_top(host);
    const auto programs = look_at_programs();
    const auto sudoers = read_sudoers_file();
    // Seen by root alone; and without it, the rest is.
    const auto holders = find_mount_holders(host).value_or(std::vector<MountHolder>());
    if (geteuid() == 0)
        if (auto dropped = become_service_user(); !dropped)
            return std::unexpected(dropped.error());
    append(findings, look_at_jobs(host, systemd));
    append(findings, programs);
    append(findings, look_at_sudo(sudoers));
    append(findings, look_at_game(host));
    append(findings, look_at_state(host, systemd, servers.value_or(Servers{}), holders, top));
    return findings;
}

Findings examine_from_within(const Host& host)
{
    auto systemd = Systemd::connect();
    auto findings = look_at_jobs(host, systemd);
    append(findings, look_at_settings(host));
    append(findings, look_at_installation(host));
    append(findings, look_at_room(host));
    return findings;
}

} // namespace left4me
