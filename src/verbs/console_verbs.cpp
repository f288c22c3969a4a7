#include "verbs/console_verbs.hpp"

#include "host/console_records.hpp"
#include "host/instance_store.hpp"
#include "host/unit_names.hpp"
#include "system/format.hpp"
#include "verbs/server_verbs.hpp"

namespace left4me {
namespace {

Result<UnitStatus> require_running(const InstanceStore& store, const InstanceName& name)
{
    const auto exists = store.exists(name);
    if (!exists)
        return std::unexpected(exists.error());
    if (!*exists)
        return fail(ExitStatus::not_found, formatted("there is no server {}", quote(name.str())));
    auto server =
        Systemd::connect().and_then([&](Systemd systemd) { return systemd.status(server_unit(name)); });
    if (server && !has_game(*server))
        return fail(ExitStatus::not_running,
                    formatted("{} does not run; to start it: l4d2ctl start {}", name.str(), name.str()));
    return server;
}

} // namespace

Result<ConsoleDoor> find_console(const Host& host, const InstanceName& name)
{
    const auto store = InstanceStore::open(host);
    if (!store)
        return std::unexpected(store.error());
    auto server = require_running(*store, name);
    if (!server)
        return std::unexpected(server.error());
    if (RefusedLogin::is_recorded(host, name, *server))
        return fail(ExitStatus::not_permitted,
                    formatted("{} has refused its rcon password; it is not tried again before the "
                              "server's next start, for a game shuts out whoever fails often",
                              name.str()));
    const auto config = store->read_live_config(name);
    auto password = store->read_live_rcon_password(name);
    if (!config || !password)
        return std::unexpected(config ? password.error() : config.error());
    return ConsoleDoor{std::move(*server), config->port, std::move(*password)};
}

Error note_refusal(const Host& host, const InstanceName& name, const UnitStatus& server, Error error)
{
    if (error.status == ExitStatus::not_permitted)
        RefusedLogin::record(host, name, server);
    return error;
}

Result<GameConsole> open_console(const Host& host, const InstanceName& name)
{
    return find_console(host, name).and_then([&](const ConsoleDoor& door) {
        return GameConsole::open(door.port, door.password).transform_error([&](Error error) {
            error.message = formatted("{}: {}", name.str(), error.message);
            return note_refusal(host, name, door.server, std::move(error));
        });
    });
}

} // namespace left4me
