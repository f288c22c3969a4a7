#include "verbs/server_plan.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

const auto coop = InstanceName::parse("coop1").value();

/// What is there of a server, and what each verb does then; none: it refuses.
struct PlanRow {
    std::string name;
    ServerFacts facts;
    std::optional<StartPlan> start;
    std::optional<StopPlan> stop;
    RemovalPlan removal;
};

class ServerPlan : public testing::TestWithParam<PlanRow> {};

TEST_P(ServerPlan, IsWhatTheServerIsFoundAs)
{
    const auto& row = GetParam();
    const auto start = plan_start(coop, "/merged", row.facts);
    const auto stop = plan_stop(coop, row.facts);
    if (row.start)
        EXPECT_EQ(start.value(), *row.start);
    else
        EXPECT_THAT(start, FailsWith(ExitStatus::busy, "run l4d2ctl stop coop1 first"));
    if (row.stop)
        EXPECT_EQ(stop.value(), *row.stop);
    else
        EXPECT_THAT(stop, FailsWith(ExitStatus::not_found, "there is no server 'coop1'"));
    EXPECT_EQ(plan_removal(row.facts), row.removal);
}

constexpr auto anew = StartPlan::from_new_configuration;

INSTANTIATE_TEST_SUITE_P(
    All, ServerPlan,
    testing::Values(
        PlanRow{"nothing", {false, false, true, false}, anew, std::nullopt, RemovalPlan::nothing},
        PlanRow{"initialised", {true, false, true, false}, anew, StopPlan::release, RemovalPlan::all},
        PlanRow{"stopped", {true, true, true, false}, anew, StopPlan::release, RemovalPlan::all},
        PlanRow{"running",
                {true, true, false, true, true},
                StartPlan::as_it_runs,
                StopPlan::stop,
                RemovalPlan::all},
        PlanRow{"starting",
                {true, true, false, false, true},
                StartPlan::as_it_runs,
                StopPlan::stop,
                RemovalPlan::all},
        // Its layers are still mounted: it waits for its next try.
        PlanRow{"died",
                {true, true, false, true},
                StartPlan::from_new_mount,
                StopPlan::stop,
                RemovalPlan::all},
        PlanRow{
            "left_mounted", {true, true, true, true}, std::nullopt, StopPlan::release, RemovalPlan::all},
        // A delete was cut off, or somebody removed the directory.
        PlanRow{"running_without_configuration",
                {false, true, false, true, true},
                StartPlan::as_it_runs,
                StopPlan::stop,
                RemovalPlan::all},
        PlanRow{"wrote_only", {false, true, true, false}, anew, std::nullopt, RemovalPlan::all}),
    NameOfCase());

} // namespace
} // namespace left4me
