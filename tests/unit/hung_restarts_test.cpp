#include "host/hung_restarts.hpp"
#include "host/waiting_restart.hpp"
#include "host/watched_server.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr sys_seconds now(1'800'000'000s);

HungRestarts restarts_at(const std::vector<std::chrono::seconds>& ago)
{
    HungRestarts restarts;
    for (const auto before : ago)
        restarts.add(now - before);
    return restarts;
}

TEST(HungRestarts, AreFourAnHour)
{
    EXPECT_TRUE(restarts_at({}).allow(now));
    EXPECT_TRUE(restarts_at({50min, 40min, 30min}).allow(now));
    EXPECT_FALSE(restarts_at({50min, 40min, 30min, 20min}).allow(now));
    EXPECT_TRUE(restarts_at({61min, 40min, 30min, 20min}).allow(now));
    EXPECT_TRUE(restarts_at({-1h, -2h, -3h, -4h}).allow(now)) << "a clock that was wrong then";
}

TEST(HungRestarts, AreReadAsTheyWereWritten)
{
    const auto restarts = restarts_at({25h, 2h, 1h});
    EXPECT_THAT(HungRestarts::parse(restarts.format()).recent(now), ElementsAre(now - 2h, now - 1h));
    EXPECT_THAT(HungRestarts::parse("x\n\n-\n9999999999999999999999\n").recent(now), IsEmpty());
}

TEST(HungRestarts, ForgetTheOldest)
{
    HungRestarts restarts;
    for (int i = 0; i < 1000; ++i)
        restarts.add(now - std::chrono::seconds(i));
    EXPECT_LT(restarts.format().size(), 1024U);
    EXPECT_THAT(restarts.recent(now), SizeIs(64));
}

struct HungDirectory : testing::Test {
    HungDirectory() { host.write("state/hung/other.times", "1\n"); }
    TemporaryHost host;
    InstanceName name = InstanceName::parse("coop1").value();
};

TEST_F(HungDirectory, KeepsWhatWasSeenTheLastFourTimes)
{
    const auto hung = open_hung(*host).value();
    for (int i = 0; i < 6; ++i)
        ASSERT_TRUE(keep_hung_restart(hung, name, now + i * 1min, "seen " + std::to_string(i)));
    EXPECT_THAT(hung.entries().value(), SizeIs(6)) << "four, the times, and another's";
    EXPECT_EQ(host.read("state/hung/" + hung_record_name(name, now + 5min)), "seen 5");
    EXPECT_FALSE(host.has("state/hung/" + hung_record_name(name, now + 1min)));
    EXPECT_THAT(read_hung_restarts(hung, name).recent(now + 1h), SizeIs(6));

    ASSERT_TRUE(remove_hung_restarts(hung, name));
    EXPECT_THAT(hung.entries().value(), ElementsAre("other.times"));
}

// --- what the watch is told of a server -------------------------------------------------

WatchedServer example()
{
    return {.port = GamePort::parse("27015").value(),
            .settings = {.query = WatchSettings::Query::none, .hang_after = 30s}};
}

TEST(WatchedServer, IsReadAsItWasWritten)
{
    EXPECT_EQ(parse_watched_server("x", format_watched_server(example())).value(), example());
    const TemporaryHost host;
    host.write("run/watch/.x", "");
    const auto name = InstanceName::parse("coop1").value();
    EXPECT_EQ(read_watched_server(*host, name).error().status, ExitStatus::not_found);
    ASSERT_TRUE(write_watched_server(*host, name, example()));
    EXPECT_EQ(read_watched_server(*host, name).value(), example());
    ASSERT_TRUE(remove_watched_server(*host, name));
    EXPECT_FALSE(host.has("run/watch/coop1"));
    EXPECT_TRUE(remove_watched_server(*host, name));
}

class BadWatchedServer : public testing::TestWithParam<TextCase> {};
TEST_P(BadWatchedServer, IsRefused)
{
    const auto parsed = parse_watched_server("x", GetParam().text);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().status, ExitStatus::bad_data);
}
INSTANTIATE_TEST_SUITE_P(
    Texts, BadWatchedServer,
    testing::Values(TextCase{"empty", ""}, TextCase{"no_query", "PORT=27015\nHANG_AFTER=90\n"},
                    TextCase{"twice", "PORT=27015\nPORT=27015\nQUERY=a2s\nHANG_AFTER=90\n"},
                    TextCase{"other_key", "PORT=27015\nQUERY=a2s\nHANG_AFTER=90\nX=1\n"},
                    TextCase{"port", "PORT=80\nQUERY=a2s\nHANG_AFTER=90\n"},
                    TextCase{"query", "PORT=27015\nQUERY=x\nHANG_AFTER=90\n"},
                    TextCase{"negative", "PORT=27015\nQUERY=a2s\nHANG_AFTER=-1\n"}),
    NameOfCase());

// --- restarts that wait -----------------------------------------------------------------

TEST(WaitingRestart, IsReadAsItWasWritten)
{
    const TemporaryHost host;
    host.write("state/waiting/.x", "");
    const auto waiting = open_waiting(*host).value();
    const auto name = InstanceName::parse("coop1").value();
    EXPECT_EQ(read_waiting_restart(waiting, name).error().status, ExitStatus::not_found);
    for (const auto& restart : {WaitingRestart{.requested = now, .latest = {}},
                                WaitingRestart{.requested = now, .latest = now + 1h}}) {
        ASSERT_TRUE(write_waiting_restart(waiting, name, restart));
        EXPECT_EQ(read_waiting_restart(waiting, name).value(), restart);
    }
    EXPECT_THAT(waiting_servers(waiting).value(), ElementsAre(name));
    EXPECT_EQ(drop_waiting_restart(waiting, name).value(), true);
    EXPECT_EQ(drop_waiting_restart(waiting, name).value(), false);
}

class BadWaitingRestart : public testing::TestWithParam<TextCase> {};
TEST_P(BadWaitingRestart, IsRefused)
{
    const auto parsed = parse_waiting_restart("x", GetParam().text);
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.error().status, ExitStatus::bad_data);
}
INSTANTIATE_TEST_SUITE_P(Texts, BadWaitingRestart,
                         testing::Values(TextCase{"empty", ""}, TextCase{"no_number", "REQUESTED=x\n"},
                                         TextCase{"twice", "REQUESTED=1\nREQUESTED=1\n"},
                                         TextCase{"latest_alone", "LATEST=1\n"},
                                         TextCase{"other_key", "REQUESTED=1\nX=1\n"}),
                         NameOfCase());

} // namespace
} // namespace left4me
