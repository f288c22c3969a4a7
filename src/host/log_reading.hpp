#pragma once

#include "model/instance_name.hpp"
#include "model/log_line.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <vector>

namespace left4me {

/// The last lines, at most so many, of what a server's unit wrote to the journal, by the helper that
/// may read it (left4me-journalctl); of 512 KiB of them the end. unavailable where that cannot be,
/// with what the helper said, or takes longer than ten seconds.
Result<std::vector<LogLine>> read_log(const InstanceName& name, std::size_t lines);

} // namespace left4me
