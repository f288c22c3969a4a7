#pragma once

#include "host/systemd.hpp"
#include "system/error.hpp"

#include <string>
#include <vector>

namespace left4me {

/// Why a job to start something failed (internal), as well as it can be told: the reason and
/// the status that the first of units that failed gave itself, else how it ended. Any other
/// Error stays as it is.
Error explain_failed_start(Systemd& systemd, const std::vector<std::string>& units, const Error& error);

} // namespace left4me
