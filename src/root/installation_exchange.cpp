#include "root/installation_exchange.hpp"

#include "host/layer_version.hpp"
#include "host/mount_record.hpp"
#include "host/older_installations.hpp"
#include "host/places.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <cerrno>
#include <cstdio>

namespace left4me {
namespace {

Result<InstallationExchange> plan_publication(const Directory& state, const Directory& next)
{
    const auto complete = next.contains(entry::complete);
    const auto present = state.subdirectory(entry::installation); // a directory, no link
    if (!complete || !present)
        return std::unexpected(!complete ? complete.error() : present.error());
    const auto number = [](const Directory& tree) { return read_layer_version(tree).value_or(0); };
    if (!*complete || number(next) <= number(*present))
        return fail(ExitStatus::bad_data,
                    formatted("{} is {}: run l4d2ctl update", quote(next.path()),
                              *complete ? "no newer than the installation" : "not complete"));
    return InstallationExchange{entry::installation_next, entry::installation};
}

Result<InstallationExchange> plan_putting_aside(const Host& host, const Directory& state,
                                                const Directory& next,
                                                const std::vector<InstanceName>& servers)
{
    const auto place = free_older_place(host, state);
    if (!place)
        return std::unexpected(place.error());
    if (*place)
        return InstallationExchange{entry::installation_next, **place};
    return fail(ExitStatus::busy,
                formatted("servers run on {}, and on all older installations that are kept: restart "
                          "{}",
                          quote(next.path()), join(servers, ", ", &InstanceName::str)));
}

Result<InstallationExchange> plan_exchange(const Host& host, const Directory& state)
{
    const auto next = state.subdirectory(entry::installation_next);
    const auto servers = next.and_then([&](const Directory& tree) { return servers_on(host, tree); });
    if (!servers)
        return std::unexpected(servers.error());
    return servers->empty() ? plan_publication(state, *next)
                            : plan_putting_aside(host, state, *next, *servers);
}

} // namespace

Result<InstallationExchange> plan_installation_exchange(const Host& host)
{
    return host.open_state().and_then(
        [&](const Directory& state) { return plan_exchange(host, state); });
}

Result<void> exchange_installation(const Host& host)
{
    auto state = host.open_state();
    if (!state)
        return std::unexpected(state.error());
    const auto plan = plan_exchange(host, *state);
    if (!plan)
        return std::unexpected(plan.error());
    return state->rename(plan->one, plan->other, RENAME_EXCHANGE)
        .transform_error([](Error error) {
            if (error.status == ExitStatus::busy) // a file system of its own
                error.message += ": mount all of /var/lib/left4me, not its installation alone";
            return error;
        })
        .and_then([&] { return state->sync(); });
}

} // namespace left4me
