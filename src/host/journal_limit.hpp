#pragma once

#include "model/output_limit.hpp"

#include <optional>
#include <string>

namespace left4me {

/// The limit of what who (as OutputLimit has it) writes to that descriptor; none where it is no
/// socket, as that to the journal is in a unit.
std::optional<OutputLimit> limit_of_journal(int descriptor, std::string who);

} // namespace left4me
