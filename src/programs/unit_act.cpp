#include "programs/unit_act.hpp"

#include "root/own_limits.hpp"
#include "system/service_status.hpp"

#include <unistd.h>

namespace left4me {

Result<int> act_as_root(const std::function<Result<void>()>& act)
{
    if (geteuid() != 0)
        return fail(ExitStatus::not_permitted, "only root may do this: the units of left4me call it");
    return act().transform([] { return 0; }).transform_error([](Error error) {
        set_service_status(error.message);
        return error;
    });
}

Act as_helper(Act act)
{
    return [act = std::move(act)] {
        take_own_limits();
        return act();
    };
}

} // namespace left4me
