#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace left4me {

/// Told each step of a verb as it begins, in a few words.
using Steps = std::function<void(std::string_view)>;

/// The verbs of l4d2ctl that change a server, run as user left4me. Each holds
/// the instance's lock (busy when another process does), checks all before it
/// changes anything, and stops at a whole place when interrupted (cancelled).

/// Makes or replaces the server's configuration. file is the spec's name for
/// messages, text its contents.
Result<void> initialize(const InstanceName& name, std::string_view file, std::string_view text,
                        const Steps& step);

/// Writes the live configuration, then enables and starts the units. A server
/// that runs already is left alone.
Result<void> start(const InstanceName& name, const Steps& step);

/// Disables and stops the units, and waits until the server is unmounted.
Result<void> stop(const InstanceName& name, const Steps& step);

/// Stops the server and removes all of it: what it wrote, then its
/// configuration. Nothing there is success.
Result<void> remove(const InstanceName& name, std::string_view verb, const Steps& step);

} // namespace left4me
