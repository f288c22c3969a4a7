#pragma once

#include "host/host.hpp"
#include "layer/own_files.hpp"
#include "model/instance_name.hpp"
#include "model/own_path.hpp"
#include "system/error.hpp"
#include "system/report.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace left4me {

// What a server has written: its own tree (upper), above its layers. Run as user left4me.

struct ServerFiles {
    InstanceName name;
    OwnFiles own;
    /// Whether directories that were made anew are told of. Only a mounted tree shows them.
    bool tells_directories;
};

/// Against the layers as they are now: those of the next start. not_found where there is no such
/// server; busy where it has more than most files and directories.
Result<ServerFiles> files_of(const Host& host, const InstanceName& name, std::size_t most = no_limit);

/// Removes some of it, or (none named) all, so that what the layers have there is seen again.
/// not_found, with nothing removed, if one is not there; busy unless the server is down.
/// Returns how many.
Result<std::size_t> discard_files(const Host& host, const InstanceName& name,
                                  const std::vector<OwnPath>& paths);

} // namespace left4me
