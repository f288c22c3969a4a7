/// What is left of what the watch writes when it is killed: before each of the calls by which it
/// changes the file system, one after the other.
#include "system/format.hpp"
#include "watch/answer_record.hpp"
#include "watch/server_history.hpp"

#include "crash_points.hpp"
#include "temporary_host.hpp"
#include "text_case.hpp"

namespace left4me {
namespace {

const auto coop = InstanceName::parse("coop1").value();
constexpr std::chrono::sys_seconds an_hour(std::chrono::seconds(1'800'000'000 / 3600 * 3600L));

/// The sample of that minute of the hour.
HistorySample sample(int minute)
{
    return {.time = an_hour + std::chrono::minutes(minute),
            .players = 3,
            .max_players = 8,
            .cpu = 250,
            .memory = 700'000'000,
            .map = "c1m1_hotel"};
}

bool add_sample(const Directory& histories, int minute)
{
    auto history = ServerHistory::open(histories, coop);
    return history && history->add(sample(minute));
}

/// What was there before: nothing, a history, or something else.
class HistoryCrash : public testing::TestWithParam<const char*> {};

TEST_P(HistoryCrash, LosesNoSampleThatWasThere)
{
    const std::string before = GetParam();
    bool goes_on = true;
    int number = 0;
    for (; goes_on; ++number) {
        SCOPED_TRACE(formatted("killed before change {}", number));
        const TemporaryHost host;
        host.write("state/history/.x", "");
        const auto histories = open_histories(*host).value();
        if (before == "history")
            ASSERT_TRUE(add_sample(histories, 0));
        else if (before == "damaged")
            host.write("state/history/coop1", before);
        goes_on = is_killed(number, [&] { return add_sample(histories, 1); });

        ASSERT_TRUE(add_sample(histories, 2));
        const auto history = ServerHistory::open(histories, coop);
        ASSERT_THAT(history, Succeeds());
        EXPECT_FALSE(history->was_damaged());
        const auto kept = history->read(HistorySpan::minute, an_hour, an_hour + std::chrono::hours(1));
        ASSERT_THAT(kept, Succeeds());
        EXPECT_EQ(kept->front() == sample(0), before == "history");
        EXPECT_EQ(kept->back(), sample(2));
        if (before == "damaged") {
            EXPECT_EQ(host.read("state/history/coop1.damaged"), before);
        }
        EXPECT_EQ(histories.entries()->size(), before == "damaged" ? 3U : 2U) << "nothing else is left";
    }
    EXPECT_GT(number, 2) << "the changes were not counted";
}

INSTANTIATE_TEST_SUITE_P(Watch, HistoryCrash, testing::Values("nothing", "history", "damaged"),
                         [](const auto& row) { return row.param; });

TEST(AnswerCrash, LeavesTheRecordBeforeOrAfterAtEveryChange)
{
    const auto record = [](std::uint32_t pid) {
        return AnswerRecord{.main_pid = pid, .state = AnswerState::loading, .since = an_hour};
    };
    bool goes_on = true;
    int number = 0;
    for (; goes_on; ++number) {
        SCOPED_TRACE(formatted("killed before change {}", number));
        const TemporaryHost host;
        host.write("state/answers/.x", "");
        const auto answers = (*host).open_state()->subdirectory("answers").value();
        const auto tell = [&](std::uint32_t pid) {
            return answers
                .replace_file(answer_record_name(coop), format_answer_record(record(pid)), 0644)
                .has_value();
        };
        ASSERT_TRUE(tell(1));
        goes_on = is_killed(number, [&] { return tell(2); });
        const auto found = read_answer_record(answers, coop);
        ASSERT_THAT(found, Succeeds());
        EXPECT_TRUE(*found == record(1) || *found == record(2));
        EXPECT_TRUE(tell(3));
        EXPECT_EQ(*read_answer_record(answers, coop), record(3));
        EXPECT_EQ(answers.entries()->size(), 2U) << "nothing else is left";
    }
    EXPECT_GT(number, 2) << "the changes were not counted";
}

} // namespace
} // namespace left4me
