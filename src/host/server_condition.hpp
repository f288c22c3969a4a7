#pragma once

#include "host/systemd.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace left4me {

/// "status 1", "signal 11 (Segmentation fault)": how a unit's main process ended last.
std::string end_of(const UnitStatus& server);

/// What is wrong with a server that is to run, in one line: given up with the time of the
/// next try, waiting to be started again, looping (it was started again at least three times
/// since it was started by hand, and lived for less than a minute on average, so that
/// systemd's limit of five in a minute is never reached), or started again less than a minute
/// ago after longer lives, for systemd counts the ends and does not say when they were. None
/// for one that has been running for five minutes, or is stopped. next_try and now are since the epoch;
/// times are shown in the host's zone.
std::optional<std::string> condition_of(const UnitStatus& server,
                                        std::optional<std::chrono::microseconds> next_try,
                                        std::chrono::microseconds now);

} // namespace left4me
