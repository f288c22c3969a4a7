#include "watch/server_history.hpp"

#include "temporary_host.hpp"

#include <gmock/gmock.h>

namespace left4me {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr sys_seconds noon(1'800'000'000s / 3600s * 3600s); // the begin of an hour

struct History : testing::Test {
    History() : histories(make()) {}

    Directory make()
    {
        host.write("state/history/.x", "");
        return open_histories(*host).value();
    }
    ServerHistory open() { return ServerHistory::open(histories, name).value(); }

    static HistorySample sample(sys_seconds time, std::uint16_t players = 3)
    {
        return {.time = time,
                .players = players,
                .max_players = 8,
                .cpu = 250,
                .memory = 700'000'000,
                .map = "c1m1_hotel"};
    }
    /// Of the first day.
    static std::vector<HistorySample> all(const ServerHistory& history, HistorySpan span)
    {
        return history.read(span, noon, noon + 24h).value();
    }

    TemporaryHost host;
    Directory histories;
    InstanceName name = InstanceName::parse("coop1").value();
};

TEST_F(History, KeepsAMinuteAndWhatItMakesOfLongerSpans)
{
    ASSERT_TRUE(open().add(sample(noon + 65s)).has_value());
    const auto history = open();
    EXPECT_FALSE(history.was_damaged());
    EXPECT_THAT(history.read(HistorySpan::minute, noon, noon + 1h).value(),
                ElementsAre(sample(noon + 60s)));
    EXPECT_THAT(history.read(HistorySpan::ten_minutes, noon, noon + 1h).value(),
                ElementsAre(sample(noon)));
    EXPECT_THAT(history.read(HistorySpan::hour, noon, noon + 1h).value(), ElementsAre(sample(noon)));
}

TEST_F(History, SumsUpTheMostPlayersAndTheMeanOfWhatItTook)
{
    auto history = open();
    auto first = sample(noon, 1);
    first.cpu = 100;
    first.memory = 1000;
    auto second = sample(noon + 60s, 4);
    second.cpu = 300;
    second.memory = 3000;
    second.map = "c1m2_streets";
    ASSERT_TRUE(history.add(first).has_value());
    ASSERT_TRUE(history.add(second).has_value());
    const auto ten = history.read(HistorySpan::ten_minutes, noon, noon + 1h).value();
    ASSERT_THAT(ten, SizeIs(1));
    EXPECT_EQ(ten[0].players, 4);
    EXPECT_EQ(ten[0].cpu, 200);
    EXPECT_EQ(ten[0].memory, 2000);
    EXPECT_EQ(ten[0].map, "c1m2_streets");
}

TEST_F(History, ForgetsWhatIsOlderThanItsRing)
{
    auto history = open();
    ASSERT_TRUE(history.add(sample(noon)).has_value());
    ASSERT_TRUE(history.add(sample(noon + 24h)).has_value());
    EXPECT_THAT(history.read(HistorySpan::minute, noon - 1h, noon + 25h).value(),
                ElementsAre(sample(noon + 24h)));
    EXPECT_THAT(history.read(HistorySpan::hour, noon - 1h, noon + 25h).value(), SizeIs(2));
}

TEST_F(History, HasOneSizeWhateverIsInIt)
{
    auto history = open();
    const auto size = host.read("state/history/coop1").size();
    EXPECT_LT(size, 1024 * 1024);
    for (int i = 0; i < 3000; ++i)
        ASSERT_TRUE(history.add(sample(noon + i * 60s)).has_value());
    EXPECT_EQ(host.read("state/history/coop1").size(), size);
    EXPECT_THAT(history.read(HistorySpan::minute, noon, noon + 3000 * 60s).value(), SizeIs(1440));
}

TEST_F(History, CutsTheNameOfAMap)
{
    auto history = open();
    auto long_name = sample(noon);
    long_name.map = std::string(100, 'm');
    ASSERT_TRUE(history.add(long_name).has_value());
    EXPECT_EQ(all(history, HistorySpan::minute).at(0).map, std::string(28, 'm'));
}

TEST_F(History, LosesASampleThatIsTornAndNoOther)
{
    ASSERT_TRUE(open().add(sample(noon)).has_value());
    ASSERT_TRUE(open().add(sample(noon + 60s)).has_value());
    auto text = host.read("state/history/coop1");
    const auto map = text.find("c1m1_hotel");
    ASSERT_NE(map, std::string::npos);
    text[map] = 'X';
    host.write("state/history/coop1", text);
    const auto history = open();
    EXPECT_FALSE(history.was_damaged());
    EXPECT_THAT(all(history, HistorySpan::minute), SizeIs(1));
}

struct Damaged : History, testing::WithParamInterface<std::string> {};

TEST_P(Damaged, IsKeptAsideAndBegunAnew)
{
    host.write("state/history/coop1", GetParam());
    auto history = open();
    EXPECT_TRUE(history.was_damaged());
    EXPECT_EQ(host.read("state/history/coop1.damaged"), GetParam());
    EXPECT_THAT(all(history, HistorySpan::minute), IsEmpty());
    ASSERT_TRUE(history.add(sample(noon)).has_value());
    EXPECT_FALSE(open().was_damaged());

    // Once more: the one kept before goes.
    host.write("state/history/coop1", "again");
    EXPECT_TRUE(open().was_damaged());
    EXPECT_EQ(host.read("state/history/coop1.damaged"), "again");
}

INSTANTIATE_TEST_SUITE_P(History, Damaged,
                         testing::Values(std::string(), std::string("text"),
                                         std::string(56UL * (1 + 1440 + 4320 + 366 * 24), '\0')),
                         [](const auto& row) { return "Bytes" + std::to_string(row.param.size()); });

TEST_F(History, GoesWithItsServer)
{
    host.write("state/history/coop1", "text");
    (void)open();
    ASSERT_TRUE(remove_history(histories, name).has_value());
    EXPECT_FALSE(host.has("state/history/coop1"));
    EXPECT_FALSE(host.has("state/history/coop1.damaged"));
    EXPECT_TRUE(remove_history(histories, name).has_value()) << "nothing there is no error";
}

TEST_F(History, FollowsNoLink)
{
    host.write("state/other", "text");
    std::filesystem::create_symlink("../other", std::string(histories.path()) + "/coop1");
    EXPECT_TRUE(open().was_damaged());
    EXPECT_EQ(host.read("state/other"), "text");
}

} // namespace
} // namespace left4me
