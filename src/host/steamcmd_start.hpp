#pragma once

#include "host/host.hpp"
#include "model/steamcmd_run.hpp"
#include "system/error.hpp"
#include "system/file_descriptor.hpp"

#include <string>
#include <sys/types.h>

namespace left4me {

/// Starts steamcmd (program: an absolute path) on a terminal, with an environment of nothing
/// but its home. One that cannot be run ends with 126 or 127.
Result<pid_t> start_steamcmd(const Host& host, const std::string& program, const SteamcmdRun& run,
                             const FileDescriptor& terminal);

} // namespace left4me
