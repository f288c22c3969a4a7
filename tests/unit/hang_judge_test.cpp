#include "watch/hang_judge.hpp"

#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <vector>

namespace left4me {
namespace {

using namespace std::chrono_literals;

constexpr auto limit = 90s;
constexpr auto meant = 13s; // between the ends of two questions, at most

/// A question that nobody answered.
struct Question {
    std::chrono::seconds asked;
    std::chrono::seconds ended;
    HangJudge::Circumstances seen = {};
};

struct Row {
    std::string name;
    std::chrono::seconds limit;
    std::vector<Question> questions;
    bool is_hung;
};

void PrintTo(const Row& row, std::ostream* out)
{
    *out << row.name;
}

/// One every eight seconds, each with three to wait.
std::vector<Question> silence(std::chrono::seconds from, std::chrono::seconds until,
                              HangJudge::Circumstances seen = {})
{
    std::vector<Question> questions;
    for (auto asked = from; asked + 3s <= until; asked += 8s)
        questions.push_back({asked, asked + 3s, seen});
    return questions;
}

std::vector<Question> both(std::vector<Question> first, const std::vector<Question>& then)
{
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

bool is_hung_after(const Row& row)
{
    HangJudge judge(row.limit);
    judge.answered();
    for (const auto& [asked, ended, seen] : row.questions)
        judge.unanswered(asked, ended, meant, seen);
    return judge.is_hung();
}

constexpr HangJudge::Circumstances starved = {.host_is_starved = true};
constexpr HangJudge::Circumstances dropping = {.packets_dropped = true};

struct Judgement : testing::TestWithParam<Row> {};

TEST_P(Judgement, IsThat)
{
    EXPECT_EQ(is_hung_after(GetParam()), GetParam().is_hung);
}

INSTANTIATE_TEST_SUITE_P(
    HangJudge, Judgement,
    testing::Values(
        Row{"silent_for_longer_than_the_limit", limit, silence(100s, 200s), true},
        Row{"silent_for_less", limit, silence(100s, 180s), false},
        Row{"a_map_change_of_40_s", limit, silence(100s, 140s), false},
        Row{"a_limit_of_its_own", 30s, silence(100s, 140s), true},
        Row{"switched_off", 0s, silence(100s, 3700s), false},
        Row{"two_questions_however_long", 10s, {{100s, 103s}, {103s, 115s}}, false},
        Row{"a_starved_host", limit, silence(100s, 3700s, starved), false},
        Row{"starved_for_a_while_and_then_not_long_enough", limit,
            both(silence(100s, 200s, starved), silence(204s, 280s)), false},
        Row{"starved_for_a_while_and_then_long_enough", limit,
            both(silence(100s, 200s, starved), silence(204s, 310s)), true},
        Row{"packets_are_dropped", limit, silence(100s, 3700s, dropping), false},
        Row{"the_watch_was_away", limit, both(silence(100s, 130s), silence(300s, 330s)), false},
        Row{"the_watch_was_away_and_came_back_for_long", limit,
            both(silence(100s, 130s), silence(300s, 400s)), true},
        Row{"a_host_that_slept", limit, both(silence(100s, 112s), silence(30000s, 30012s)), false}),
    [](const auto& row) { return row.param.name; });

TEST(HangJudge, CountsNothingBeforeTheFirstAnswer)
{
    HangJudge judge(limit);
    for (auto asked = 100s; asked < 1000s; asked += 8s)
        judge.unanswered(asked, asked + 3s, meant, {});
    EXPECT_FALSE(judge.is_hung());
    EXPECT_FALSE(judge.is_silent());
    EXPECT_FALSE(judge.has_answered());
}

TEST(HangJudge, BeginsAnewWithEachAnswer)
{
    HangJudge judge(limit);
    judge.answered();
    for (auto asked = 100s; asked < 180s; asked += 8s)
        judge.unanswered(asked, asked + 3s, meant, {});
    EXPECT_TRUE(judge.is_silent());
    EXPECT_GT(judge.silence(), 70s);
    judge.answered();
    EXPECT_FALSE(judge.is_silent());
    EXPECT_EQ(judge.silence(), 0s);
    judge.unanswered(190s, 193s, meant, {});
    EXPECT_EQ(judge.silence(), 3s);
}

TEST(HangJudge, CountsFromTheFirstQuestionInVain)
{
    HangJudge judge(limit);
    judge.answered();
    judge.unanswered(100s, 103s, meant, {});
    judge.unanswered(108s, 111s, meant, {});
    EXPECT_EQ(judge.silence(), 11s);
}

} // namespace
} // namespace left4me
