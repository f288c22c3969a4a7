#include "root/installation_exchange.hpp"

#include "host/places.hpp"
#include "system/directory.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <cstdio>

namespace left4me {
namespace {

Result<void> require_complete(const Host& host, const Directory& state)
{
    return state.subdirectory(entry::installation_next)
        .and_then([](const Directory& next) { return next.contains(entry::complete); })
        .and_then([&](bool complete) -> Result<void> {
            if (complete)
                return {};
            return fail(ExitStatus::bad_data,
                        formatted("{} is not complete: run l4d2ctl update",
                                  quote(host.state_path(entry::installation_next))));
        });
}

} // namespace

Result<void> exchange_installation(const Host& host)
{
    auto state = host.open_state();
    if (!state)
        return std::unexpected(state.error());
    return require_complete(host, *state)
        .and_then([&] { return state->subdirectory(entry::installation); }) // a directory, no link
        .and_then([&](const Directory&) {
            return state->rename(entry::installation_next, entry::installation, RENAME_EXCHANGE);
        })
        .transform_error([](Error error) {
            if (error.status == ExitStatus::busy) // a file system of its own
                error.message += ": mount all of /var/lib/left4me, not its installation alone";
            return error;
        })
        .and_then([&] { return state->sync(); });
}

} // namespace left4me
