#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <cstddef>
#include <string>

namespace left4me {

/// The last lines, at most so many, of what a server's unit wrote to the journal, by the helper that
/// may read it (left4me-journalctl), with times as the host has them. unavailable where that
/// cannot be, with what the helper said, or takes longer than ten seconds.
Result<std::string> read_log(const InstanceName& name, std::size_t lines);

} // namespace left4me
