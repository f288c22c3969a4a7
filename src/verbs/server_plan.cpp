#include "verbs/server_plan.hpp"

#include "system/format.hpp"

namespace left4me {

Result<StartPlan> plan_start(const InstanceName& name, const std::string& merged,
                             const ServerFacts& facts)
{
    if (facts.has_game)
        return StartPlan::as_it_runs;
    // Its game has died, and waits for its next start on its old layers.
    if (!facts.down)
        return StartPlan::from_new_mount;
    if (facts.mounted)
        return fail(ExitStatus::busy,
                    formatted("{0} is still mounted from before: run l4d2ctl stop {1} first",
                              quote(merged), name.str()));
    return StartPlan::from_new_configuration;
}

Result<StopPlan> plan_stop(const InstanceName& name, const ServerFacts& facts)
{
    if (!facts.initialised && facts.down)
        return fail(ExitStatus::not_found, formatted("there is no server {}", quote(name.str())));
    return facts.down ? StopPlan::release : StopPlan::stop;
}

RemovalPlan plan_removal(const ServerFacts& facts)
{
    return facts.initialised || facts.wrote || !facts.down ? RemovalPlan::all : RemovalPlan::nothing;
}

} // namespace left4me
