#pragma once

#include "model/instance_name.hpp"
#include "system/error.hpp"

#include <string>

namespace left4me {

// What a verb does with a server, by what it finds: pure.

/// What of a server is there, as a verb finds it under the server's lock. A verb looks only for
/// what it needs: whatever else is wrong with the server must not keep it from stopping.
struct ServerFacts {
    bool initialised = false; ///< instances/NAME
    bool wrote = false;       ///< runtime/NAME
    bool down = false;        ///< neither of its units runs, starts or stops
    bool mounted = false;     ///< its merged tree
    bool has_game = false;    ///< its game runs, or is about to
};

enum class StartPlan {
    from_new_configuration, ///< what is live is written anew, from what initialize wrote
    from_new_mount,         ///< the same once what its last game died on is unmounted
    as_it_runs,             ///< it is left alone: what it runs on stays as it is
};

/// Of down, mounted and has_game. busy where a stop has left the tree mounted: what is mounted
/// is never changed. merged is its path, for the message.
Result<StartPlan> plan_start(const InstanceName& name, const std::string& merged,
                             const ServerFacts& facts);

enum class StopPlan {
    stop,    ///< it runs
    release, ///< it is down: whatever else is left of its start is taken away
};

/// Of initialised and down. not_found where there is neither a configuration nor anything that runs.
Result<StopPlan> plan_stop(const InstanceName& name, const ServerFacts& facts);

enum class RemovalPlan {
    nothing, ///< there is nothing to remove
    all,     ///< it is stopped; then goes what it wrote, and its configuration
};
/// Of initialised, wrote and down.
RemovalPlan plan_removal(const ServerFacts& facts);

} // namespace left4me
