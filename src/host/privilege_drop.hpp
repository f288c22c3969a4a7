#pragma once

#include "system/error.hpp"

namespace left4me {

/// Makes a root process an ordinary one of user left4me, for good: groups, ids,
/// an empty environment, umask 0027, working directory /. As user left4me it
/// does the latter part alone; for anybody else it is not_permitted, with what
/// to do instead.
Result<void> become_service_user();

/// For a program of user left4me that reads what a stranger made: from here on it can
/// become nobody else, by sudo or otherwise. Nor does it outlive its caller.
Result<void> give_up_new_privileges();

} // namespace left4me
