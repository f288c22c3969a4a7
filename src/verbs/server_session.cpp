#include "verbs/server_session.hpp"

#include "host/places.hpp"
#include "host/stack_checks.hpp"
#include "system/format.hpp"
#include "system/interruption.hpp"

namespace left4me {

Result<ServerSession> lock_instance(const Host& host, const InstanceName& name, std::string_view verb)
{
    auto lock = InstanceLock::take(host, name, formatted("{} {}", verb, name.str()));
    if (!lock)
        return std::unexpected(lock.error());
    auto store = InstanceStore::open(host);
    if (!store)
        return std::unexpected(store.error());
    return ServerSession{std::move(*lock), std::move(*store)};
}

Result<ServerSession> open_session(const Host& host, const InstanceName& name, std::string_view verb)
{
    auto session = lock_instance(host, name, verb);
    if (session)
        if (auto recovered = session->store.recover(name); !recovered)
            return std::unexpected(recovered.error());
    return session;
}

Result<void> write_live(const InstanceStore& store, const InstanceName& name, Report& report)
{
    report.step("checking the layers");
    const auto file = store.host().state_path(formatted("{}/{}", instance_path(name), entry::spec));
    const auto spec = store.read_spec(name);
    if (!spec)
        return std::unexpected(spec.error());
    return check_layers(store.host(), store.state(), file, *spec)
        .and_then([&] { return check_hidden(store.state(), file, *spec); })
        .and_then([&] { return check_game(store.host(), store.state(), *spec); })
        .and_then(check_interruption)
        .and_then([&] {
            report.step("writing its configuration");
            return store.make_live(name, *spec);
        });
}

} // namespace left4me
