#pragma once

namespace left4me {

/// Gives this process the limits of a service in the place of its caller's, which sudo
/// leaves as they are: a helper that is ended half-way by one of them (the size of a file,
/// time, memory, descriptors) leaves what it has begun. Where even root may not raise one,
/// for want of CAP_SYS_RESOURCE, the most that it may is what it has, and a file that
/// becomes too large an error to be told.
void take_own_limits();

} // namespace left4me
