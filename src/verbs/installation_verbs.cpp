#include "verbs/installation_verbs.hpp"

#include "host/helper_call.hpp"
#include "host/helper_door.hpp"
#include "host/host_lock.hpp"
#include "host/systemd.hpp"
#include "host/unit_names.hpp"
#include "steam/game_fetch.hpp"
#include "steam/installation.hpp"
#include "steam/installation_versions.hpp"
#include "steam/steam_client.hpp"
#include "system/format.hpp"

#include <unistd.h>

namespace left4me {
namespace {

/// Without a way to new privileges, and in a sandbox of its own.
bool is_job()
{
    return helper_door() == HelperDoor::broker;
}

std::unexpected<Error> not_for_a_job(const Host& host, const std::string& program)
{
    return fail(ExitStatus::not_permitted,
                formatted("a job runs steamcmd in {} alone, which does not see {}: move it to {}, and "
                          "name it in /etc/left4me/host.env",
                          steamcmd_unit, quote(program), host.steamcmd_home()));
}

Result<std::string> steamcmd_program(const Host& host)
{
    return host.settings().and_then([&](const HostSettings& settings) -> Result<std::string> {
        if (access(settings.steamcmd.c_str(), X_OK) == 0)
            return settings.steamcmd;
        // Which sees no more than that unit does.
        if (is_job() && place_of_steamcmd(settings.steamcmd) == SteamcmdPlace::here)
            return not_for_a_job(host, settings.steamcmd);
        return fail(ExitStatus::not_found,
                    formatted("there is no steamcmd at {}: install Debian's package steamcmd "
                              "(non-free), or name another in LEFT4ME_STEAMCMD of "
                              "/etc/left4me/host.env",
                              quote(settings.steamcmd)));
    });
}

/// An operator's own, from anywhere, goes on as it did before there was a unit for it.
Result<SteamcmdPlace> steamcmd_place(const Host& host, const std::string& program, Report& report)
{
    return place_of_steamcmd(program).and_then([&](SteamcmdPlace place) -> Result<SteamcmdPlace> {
        if (place == SteamcmdPlace::here && is_job())
            return not_for_a_job(host, program);
        if (place == SteamcmdPlace::here)
            report.warning(formatted("{} runs outside of the sandbox of {}, which sees no more than "
                                     "Debian's own and {}: move it there, and name it in "
                                     "/etc/left4me/host.env",
                                     quote(program), steamcmd_unit, host.steamcmd_home()));
        return place;
    });
}

Result<void> ask_for_exchange()
{
    return call_helper("left4me-systemctl", {"publish-installation"});
}

/// One that was asked for by an l4d2ctl that is gone: it would change the trees' names under us.
Result<void> require_no_exchange()
{
    return Systemd::connect()
        .and_then([](Systemd systemd) { return systemd.states({installation_unit}); })
        .and_then([](const std::vector<UnitState>& states) -> Result<void> {
            if (states.at(0).is_down())
                return {};
            return fail(ExitStatus::busy,
                        formatted("{} is {}: try again", installation_unit, states.at(0).state));
        });
}

/// Who should be restarted; nothing to fail at.
void name_servers_to_restart(const Host& host, Report& report)
{
    if (const auto users = users_of_older_installations(host); users && !users->empty())
        report.step(
            formatted("these servers run on an older build until they are restarted: {}", *users));
}

Result<void> finish(const InstallationTrees& trees, const InstallationOrder& order, bool installed,
                    Report& report)
{
    const auto whole = is_whole(trees.next);
    if (!whole)
        return std::unexpected(whole.error());
    if (!*whole)
        return fail(ExitStatus::bad_data,
                    formatted("steamcmd reports success, but there is no srcds_run, srcds_linux or "
                              "left4dead2 in {}",
                              quote(trees.next.path())));
    const auto build = build_of(trees.next);
    if (installed && !order.validate && !order.fresh && build && build == build_of(trees.present)) {
        report.step(formatted("build {} is the newest, and it is installed already", *build));
        return {};
    }
    report.step("replacing the old installation by the new one");
    return publish_next(trees, ask_for_exchange).transform([&] {
        report.step(formatted("build {} is installed", build.value_or("of unknown number")));
        name_servers_to_restart(trees.host, report);
    });
}

} // namespace

Result<void> bring_up_to_date(const Host& host, const InstallationOrder& order, const AskSecret& ask,
                              Report& report)
{
    const bool install = order.verb == InstallationVerb::install;
    const auto lock = InstanceLock::take_installation(host, install ? "install" : "update");
    if (!lock)
        return std::unexpected(lock.error());
    const auto program = steamcmd_program(host);
    if (!program)
        return std::unexpected(program.error());
    const auto place = steamcmd_place(host, *program, report);
    if (!place)
        return std::unexpected(place.error());
    const auto trees = require_no_exchange()
                           .and_then([&] { return remove_unused_installations(host, report); })
                           .and_then([&] { return open_with_unused_next(host, ask_for_exchange); });
    if (!trees)
        return std::unexpected(trees.error());
    const auto installed = is_whole(trees->present);
    if (!installed)
        return std::unexpected(installed.error());
    if (!*installed && !install)
        return fail(ExitStatus::not_found, "the game is not installed yet: run l4d2ctl install");
    if (*installed && install)
        report.step("the game is installed already: looking for a newer build");
    return fetch_game(*trees, *installed,
                      {*program, *place, order.account, order.validate, order.fresh, order.new_login},
                      ask, report)
        .and_then([&] {
            place_steam_clients(host, *program, report);
            return finish(*trees, order, *installed, report);
        })
        // Of servers that were stopped meanwhile; else the next time.
        .transform([&] { (void)remove_unused_installations(host, report); });
}

} // namespace left4me
