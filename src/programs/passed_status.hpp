#pragma once

#include "system/error.hpp"

#include <utility>

namespace left4me {

// Of programs whose status is another one's: what went wrong with themselves is launch_failed.

inline Error own_failure(Error error)
{
    error.status = ExitStatus::launch_failed;
    return error;
}

/// The same, but for what was cancelled, which stays that.
inline Error own_failure_unless_cancelled(Error error)
{
    return error.status == ExitStatus::cancelled ? error : own_failure(std::move(error));
}

} // namespace left4me
