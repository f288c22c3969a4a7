// How all servers are, for all who look: who waits for a reading, and what they have meanwhile.

#include "web/status_board.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

#include <atomic>
#include <filesystem>
#include <future>
#include <gtest/gtest.h>
#include <optional>
#include <semaphore>
#include <string>

namespace left4me::web {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

/// A host whose readings take as long as a test wants. The number of a reading is its warning.
struct StatusBoardTest : testing::Test {
    std::counting_semaphore<> may_read{0};
    std::counting_semaphore<> has_begun{0};
    std::atomic<int> readings = 0;
    std::atomic<bool> is_well = true;
    std::atomic<int> mark = 0;

    BoardReader reader()
    {
        return [this]() -> Result<ServerBoard> {
            const auto number = ++readings;
            has_begun.release();
            may_read.acquire();
            if (!is_well)
                return fail(ExitStatus::unavailable, "no");
            return ServerBoard{.statuses = {}, .warnings = {std::to_string(number)}};
        };
    }

    BoardMarks marks()
    {
        return [this] { return std::vector<std::int64_t>{mark}; };
    }

    static std::string seen(const Result<std::shared_ptr<const ServerBoard>>& board)
    {
        return board ? (*board)->warnings.front() : board.error().message;
    }
};

TEST_F(StatusBoardTest, OneReadingIsForAllWhileItIsFresh)
{
    StatusBoard board(reader(), marks(), {.fresh = 1h, .usable = 1h});
    may_read.release();
    EXPECT_EQ(seen(board.read()), "1");
    EXPECT_EQ(seen(board.read()), "1");
    EXPECT_EQ(readings, 1);
}

TEST_F(StatusBoardTest, NobodyWaitsWhileItIsReadBehindThem)
{
    StatusBoard board(reader(), marks(), {.fresh = 0h, .usable = 1h});
    may_read.release();
    EXPECT_EQ(seen(board.read()), "1");
    has_begun.acquire();
    EXPECT_EQ(seen(board.read()), "1");
    ASSERT_TRUE(has_begun.try_acquire_for(10s)) << "nobody reads it anew";
    EXPECT_EQ(seen(board.read()), "1") << "and while that goes on, too";
    may_read.release(2);
    EXPECT_EQ(seen(board.read_anew()), "3");
}

TEST_F(StatusBoardTest, OneThatIsTooOldIsWaitedFor)
{
    StatusBoard board(reader(), marks(), {.fresh = 0h, .usable = 0h});
    may_read.release(2);
    EXPECT_EQ(seen(board.read()), "1");
    EXPECT_EQ(seen(board.read()), "2");
}

TEST_F(StatusBoardTest, AChangeIsInTheReadingThatBeginsAfterIt)
{
    StatusBoard board(reader(), marks(), {.fresh = 1h, .usable = 1h});
    auto before = std::async(std::launch::async, [&] { return seen(board.read()); });
    has_begun.acquire();
    auto after = std::async(std::launch::async, [&] { return seen(board.read_anew()); });
    may_read.release(2);
    EXPECT_EQ(before.get(), "1");
    EXPECT_EQ(after.get(), "2");
}

TEST_F(StatusBoardTest, WhatChangedIsReadAnewHoweverFreshItIs)
{
    StatusBoard board(reader(), marks(), {.fresh = 1h, .usable = 1h});
    may_read.release(3);
    EXPECT_EQ(seen(board.read()), "1");
    mark = 1;
    EXPECT_EQ(seen(board.read()), "2");
    EXPECT_EQ(seen(board.read()), "2");
    board.outdate();
    EXPECT_EQ(seen(board.read()), "3");
    EXPECT_EQ(seen(board.read()), "3");
}

TEST_F(StatusBoardTest, WhatChangesWhileItIsReadIsReadAgain)
{
    StatusBoard board(reader(), marks(), {.fresh = 1h, .usable = 1h});
    auto before = std::async(std::launch::async, [&] { return seen(board.read()); });
    has_begun.acquire();
    mark = 1;
    may_read.release(2);
    EXPECT_EQ(before.get(), "1");
    EXPECT_EQ(seen(board.read()), "2");
}

/// A place in which something is made.
struct Made {
    std::string name;
    std::string file;
};
class BoardMarksTest : public testing::TestWithParam<Made> {};

TEST_P(BoardMarksTest, AreOthersThen)
{
    const TemporaryHost host;
    const auto marks = marks_of(*host);
    // What is made in the same moment as the place has its time.
    for (const auto& place :
         {(*host).state_path("instances"), (*host).state_path("live"), (*host).run() + "/mounts"})
        std::filesystem::last_write_time(place, {});
    const auto before = marks();
    EXPECT_EQ(marks(), before);
    host.write(GetParam().file, "");
    EXPECT_NE(marks(), before);
}

INSTANTIATE_TEST_SUITE_P(Web, BoardMarksTest,
                         testing::Values(Made{"settings", "state/instances/a/instance.yaml"},
                                         Made{"live_settings", "state/live/a/instance.yaml"},
                                         Made{"mounts", "run/mounts/a"},
                                         Made{"the_watch", "run/answers/a.json"}),
                         NameOfCase());

TEST_F(StatusBoardTest, AnErrorIsToldAndNotKept)
{
    StatusBoard board(reader(), marks(), {.fresh = 1h, .usable = 1h});
    is_well = false;
    may_read.release();
    EXPECT_EQ(seen(board.read()), "no");
    is_well = true;
    may_read.release();
    EXPECT_EQ(seen(board.read()), "2");
}

TEST_F(StatusBoardTest, ItsThreadEndsWithIt)
{
    std::optional<StatusBoard> board;
    board.emplace(reader(), marks(), BoardAges{.fresh = 0h, .usable = 1h});
    may_read.release();
    ASSERT_EQ(seen(board->read()), "1");
    ASSERT_EQ(seen(board->read()), "1");
    may_read.release();
    board.reset();
    EXPECT_LE(readings, 2);
}

} // namespace
} // namespace left4me::web
