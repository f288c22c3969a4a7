#include "verbs/waiting_verbs.hpp"

#include "host/waiting_restart.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"
#include "verbs/server_session.hpp"

namespace left4me {
namespace {

Result<void> require_running(const InstanceName& name)
{
    return runs(name).and_then([&](bool running) -> Result<void> {
        if (running)
            return {};
        return fail(
            ExitStatus::not_running,
            formatted("server {} does not run: l4d2ctl start {} starts it on its spec and layers "
                      "of now",
                      quote(name.str()), name.str()));
    });
}

/// Of a game that nobody asks, nobody knows whether somebody plays.
Result<void> require_asked(const InstanceConfig& config, const InstanceName& name)
{
    if (config.watch.query != WatchSettings::Query::none)
        return {};
    return fail(ExitStatus::usage,
                formatted("the game of {} is not asked (query: none), so nobody knows when it is empty: "
                          "give --latest, too",
                          quote(name.str())));
}

} // namespace

Result<void> restart_when_empty(const Host& host, const InstanceName& name,
                                std::optional<std::chrono::sys_seconds> latest, Report& report)
{
    const auto session = open_session(host, name, "restart");
    if (!session)
        return std::unexpected(session.error());
    const auto config = session->store.read_config(name);
    if (!config)
        return std::unexpected(config.error());
    return require_running(name)
        .and_then([&] { return latest ? Result<void>() : require_asked(*config, name); })
        .and_then([&] { return write_live(session->store, name, report); })
        .and_then(check_interruption)
        .and_then([&] { return open_waiting(host); })
        .and_then([&](const Directory& waiting) {
            const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
            return write_waiting_restart(waiting, name, {.requested = now, .latest = latest});
        });
}

Result<bool> cancel_waiting_restart(const Host& host, const InstanceName& name)
{
    const auto session = open_session(host, name, "restart");
    if (!session)
        return std::unexpected(session.error());
    return session->store.exists(name).and_then([&](bool there) -> Result<bool> {
        if (!there)
            return fail(ExitStatus::not_found, formatted("there is no server {}", quote(name.str())));
        return open_waiting(host).and_then(
            [&](const Directory& waiting) { return drop_waiting_restart(waiting, name); });
    });
}

} // namespace left4me
