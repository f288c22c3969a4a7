#include "programs/service_user_act.hpp"

#include "host/privilege_drop.hpp"
#include "system/companion.hpp"
#include "system/interruption.hpp"

#include <utility>

namespace left4me {

Act as_service_user(std::function<Result<int>(const Host&)> act)
{
    return [act = std::move(act)] {
        catch_interruptions();
        // So that a refresh by a timer may end where everything is whole when it is stopped.
        const auto companion = start_companion();
        if (!companion)
            return Result<int>(std::unexpected(companion.error()));
        auto done = become_service_user().and_then([&] { return act(Host::installed()); });
        if (interrupted())
            await_companion(*companion);
        return done;
    };
}

} // namespace left4me
