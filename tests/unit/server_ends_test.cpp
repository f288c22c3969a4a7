#include "watch/server_ends.hpp"
#include "watch/waiting_decision.hpp"

#include <gtest/gtest.h>

namespace left4me {
namespace {

using namespace std::chrono_literals;

const InstanceName one = InstanceName::parse("coop1").value();
const InstanceName other = InstanceName::parse("coop2").value();

UnitStatus unit(const std::string& state, std::uint32_t restarts, const std::string& result = "success")
{
    UnitStatus status;
    status.active_state = state;
    status.restarts = restarts;
    status.result = result;
    return status;
}

TEST(ServerEnds, AreTheRestartsThatSystemdCounts)
{
    ServerEnds ends;
    EXPECT_EQ(ends.look(one, unit("active", 2)), std::nullopt) << "what was before is not known";
    EXPECT_EQ(ends.look(one, unit("active", 2)), std::nullopt);
    EXPECT_EQ(ends.look(one, unit("activating", 3, "signal")), EventKind::crashed);
    EXPECT_EQ(ends.look(one, unit("active", 3)), std::nullopt);
    EXPECT_EQ(ends.look(one, unit("inactive", 0)), std::nullopt) << "stopped by hand";
    EXPECT_EQ(ends.look(one, unit("active", 0)), std::nullopt);
    EXPECT_EQ(ends.look(one, unit("active", 1)), EventKind::crashed);
    EXPECT_EQ(ends.look(other, unit("active", 7)), std::nullopt) << "each has its own count";
}

TEST(ServerEnds, OneThatIsGivenUpIsToldOnce)
{
    ServerEnds ends;
    EXPECT_EQ(ends.look(one, unit("active", 4)), std::nullopt);
    EXPECT_EQ(ends.look(one, unit("failed", 5, "exit-code")), EventKind::given_up);
    EXPECT_EQ(ends.look(one, unit("failed", 5, "exit-code")), std::nullopt);
    EXPECT_EQ(ends.look(one, unit("activating", 6, "exit-code")), EventKind::crashed);
    EXPECT_EQ(ends.look(one, unit("failed", 6, "timeout")), std::nullopt) << "a stop that took long";
}

TEST(ServerEnds, OfAServerThatIsGoneNothingIsKnown)
{
    ServerEnds ends;
    EXPECT_EQ(ends.look(one, unit("active", 1)), std::nullopt);
    ends.forget(one);
    EXPECT_EQ(ends.look(one, unit("active", 5)), std::nullopt);
}

TEST(EventPace, IsOneOfAKindInTenMinutesForEachServer)
{
    EventPace pace;
    EXPECT_TRUE(pace.may_tell(EventKind::crashed, one, 100s));
    EXPECT_FALSE(pace.may_tell(EventKind::crashed, one, 699s));
    EXPECT_TRUE(pace.may_tell(EventKind::given_up, one, 200s));
    EXPECT_TRUE(pace.may_tell(EventKind::crashed, other, 200s));
    EXPECT_TRUE(pace.may_tell(EventKind::crashed, one, 700s));
    EXPECT_FALSE(pace.may_tell(EventKind::crashed, one, 1200s)) << "counted from the last one told";
}

TEST(DiskLow, IsATenthUntilItIsAnEighth)
{
    EXPECT_FALSE(is_disk_low(100, 1000, false));
    EXPECT_TRUE(is_disk_low(99, 1000, false));
    EXPECT_TRUE(is_disk_low(120, 1000, true));
    EXPECT_FALSE(is_disk_low(125, 1000, true));
    EXPECT_FALSE(is_disk_low(0, 0, false));
}

TEST(ServerEvent, IsTheInstanceOfItsUnit)
{
    EXPECT_EQ(event_unit(EventKind::given_up, one), "left4me-event@given-up:coop1.service");
    for (const auto word : event_words)
        EXPECT_EQ(event_word(parse_event_kind(word).value()), word);
    EXPECT_EQ(parse_event_kind("x").error().status, ExitStatus::usage);
}

// --- restarts that wait until nobody plays ------------------------------------------------

constexpr std::chrono::sys_seconds noon(1'800'000'000s);

WaitingDecision decided(std::optional<std::chrono::sys_seconds> latest, WaitingFacts facts)
{
    return decide_waiting({.requested = noon, .latest = latest}, facts);
}

TEST(WaitingDecision, IsMadeByWhoPlaysAndWhatTimeItIs)
{
    using enum WaitingDecision;
    const auto before = noon - 1h;
    EXPECT_EQ(decided({}, {.now = noon + 1h, .mounted = before, .empty = {}}), wait);
    EXPECT_EQ(decided({}, {.now = noon + 1h, .mounted = before, .empty = 4min}), wait);
    EXPECT_EQ(decided({}, {.now = noon + 1h, .mounted = before, .empty = 5min}), restart_now);
    EXPECT_EQ(decided(noon + 2h, {.now = noon + 1h, .mounted = before, .empty = {}}), wait);
    EXPECT_EQ(decided(noon + 2h, {.now = noon + 2h, .mounted = before, .empty = {}}), restart_now);
    EXPECT_EQ(decided(noon + 2h, {.now = noon + 3h, .mounted = noon + 1s, .empty = 1h}), done)
        << "it was restarted by somebody else, or by a boot";
    EXPECT_EQ(decided(noon + 2h, {.now = noon + 3h, .mounted = {}, .empty = {}}), wait)
        << "one that is down is not started";
}

} // namespace
} // namespace left4me
