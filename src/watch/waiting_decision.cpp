#include "watch/waiting_decision.hpp"

namespace left4me {

WaitingDecision decide_waiting(const WaitingRestart& waiting, const WaitingFacts& facts)
{
    // One that is down mounts its layers anew when it is started.
    if (!facts.mounted)
        return WaitingDecision::wait;
    if (*facts.mounted > waiting.requested)
        return WaitingDecision::done;
    if (waiting.latest && facts.now >= *waiting.latest)
        return WaitingDecision::restart_now;
    return facts.empty && *facts.empty >= empty_long_enough ? WaitingDecision::restart_now
                                                            : WaitingDecision::wait;
}

} // namespace left4me
