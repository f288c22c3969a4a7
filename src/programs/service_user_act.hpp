#pragma once

#include "console/verb.hpp"
#include "host/host.hpp"
#include "system/error.hpp"

#include <functional>

namespace left4me {

/// Acts as user left4me on the host that the program is installed on, from a caller who may
/// be root. Ctrl-C ends it where everything is whole.
Act as_service_user(std::function<Result<int>(const Host&)> act);

} // namespace left4me
