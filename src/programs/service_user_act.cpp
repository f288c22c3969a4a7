#include "programs/service_user_act.hpp"

#include "host/privilege_drop.hpp"
#include "sandbox/first_process.hpp"
#include "system/interruption.hpp"

#include <unistd.h>
#include <utility>

namespace left4me {
namespace {

/// Of a unit's pid namespace (see start_companion): so that it may end where everything is whole
/// when it is stopped.
Result<FileDescriptor> companion_of_first_process()
{
    return getpid() == 1 ? start_companion() : FileDescriptor();
}

} // namespace

Act as_service_user(std::function<Result<int>(const Host&)> act)
{
    return [act = std::move(act)] {
        catch_interruptions();
        const auto companion = companion_of_first_process();
        if (!companion)
            return Result<int>(std::unexpected(companion.error()));
        return become_service_user().and_then([&] { return act(Host::installed()); });
    };
}

} // namespace left4me
