#include "verbs/console_verbs.hpp"

#include "host/instance_store.hpp"
#include "system/format.hpp"
#include "verbs/server_verbs.hpp"

namespace left4me {
namespace {

Result<void> require_running(const InstanceStore& store, const InstanceName& name)
{
    const auto exists = store.exists(name);
    if (!exists)
        return std::unexpected(exists.error());
    if (!*exists)
        return fail(ExitStatus::not_found, formatted("there is no server {}", quote(name.str())));
    const auto running = runs(name);
    if (!running)
        return std::unexpected(running.error());
    if (!*running)
        return fail(ExitStatus::not_running,
                    formatted("{} does not run; to start it: l4d2ctl start {}", name.str(), name.str()));
    return {};
}

} // namespace

Result<GameConsole> open_console(const Host& host, const InstanceName& name)
{
    const auto store = InstanceStore::open(host);
    if (!store)
        return std::unexpected(store.error());
    if (auto running = require_running(*store, name); !running)
        return std::unexpected(running.error());
    const auto config = store->read_live_config(name);
    const auto password = store->read_live_rcon_password(name);
    if (!config || !password)
        return std::unexpected(config ? password.error() : config.error());
    return GameConsole::open(config->port, *password).transform_error([&](Error error) {
        error.message = formatted("{}: {}", name.str(), error.message);
        return error;
    });
}

} // namespace left4me
