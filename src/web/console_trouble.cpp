#include "web/console_trouble.hpp"

#include "system/format.hpp"
#include "web/http.hpp"

namespace left4me::web {

ConsoleTrouble console_trouble(const Error& error)
{
    constexpr unsigned for_now = 503;
    if (error.status == ExitStatus::not_found || error.status == ExitStatus::not_running)
        return {"It does not run, so nobody takes commands. Start it first.", conflict};
    if (error.status == ExitStatus::not_permitted)
        return {"The game has refused its rcon password, which somebody must have changed while it ran. "
                "A second try would count against this host, so restart the server: it has its own "
                "password again then.",
                conflict};
    if (error.status == ExitStatus::busy)
        return {formatted("Nothing was done: {}. Try again in some seconds.", error.message), for_now};
    return {
        formatted("The game has not answered: {}. It may be loading, or have ended: look at its log, "
                  "and try again.",
                  error.message),
        for_now};
}

} // namespace left4me::web
