#pragma once

#include "error.hpp"

namespace left4me {

/// Makes a root process an ordinary one of user left4me, for good: groups, ids,
/// an empty environment, umask 0027, working directory /. As user left4me it
/// does the latter part alone; for anybody else it is not_permitted, with what
/// to do instead.
Result<void> become_service_user();

} // namespace left4me
