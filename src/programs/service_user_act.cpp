#include "programs/service_user_act.hpp"

#include "host/privilege_drop.hpp"
#include "system/interruption.hpp"

#include <utility>

namespace left4me {

Act as_service_user(std::function<Result<int>(const Host&)> act)
{
    return [act = std::move(act)] {
        catch_interruptions();
        return become_service_user().and_then([&] { return act(Host::installed()); });
    };
}

} // namespace left4me
