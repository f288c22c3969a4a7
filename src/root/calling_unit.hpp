#pragma once

#include "host/systemd.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>
#include <sys/types.h>

namespace left4me {

/// The process that connected a unix socket, and the unit that it is the main process of.
struct CallingUnit {
    FileDescriptor process; ///< a pidfd: its number may be another's by now
    std::string unit;
};

/// Who has connected the socket: not_permitted unless that is a process of user that is the
/// main process of a unit of systemd's, and lives still, so that its number was nobody else's
/// meanwhile.
Result<CallingUnit> find_calling_unit(int socket, uid_t user, Systemd& systemd);

} // namespace left4me
