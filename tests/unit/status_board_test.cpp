// How all servers are, for all who look: who waits for a reading, and what they have meanwhile.

#include "web/status_board.hpp"

#include <atomic>
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

    static std::string seen(const Result<std::shared_ptr<const ServerBoard>>& board)
    {
        return board ? (*board)->warnings.front() : board.error().message;
    }
};

TEST_F(StatusBoardTest, OneReadingIsForAllWhileItIsFresh)
{
    StatusBoard board(reader(), {.fresh = 1h, .usable = 1h});
    may_read.release();
    EXPECT_EQ(seen(board.read()), "1");
    EXPECT_EQ(seen(board.read()), "1");
    EXPECT_EQ(readings, 1);
}

TEST_F(StatusBoardTest, NobodyWaitsWhileItIsReadBehindThem)
{
    StatusBoard board(reader(), {.fresh = 0h, .usable = 1h});
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
    StatusBoard board(reader(), {.fresh = 0h, .usable = 0h});
    may_read.release(2);
    EXPECT_EQ(seen(board.read()), "1");
    EXPECT_EQ(seen(board.read()), "2");
}

TEST_F(StatusBoardTest, AChangeIsInTheReadingThatBeginsAfterIt)
{
    StatusBoard board(reader(), {.fresh = 1h, .usable = 1h});
    auto before = std::async(std::launch::async, [&] { return seen(board.read()); });
    has_begun.acquire();
    auto after = std::async(std::launch::async, [&] { return seen(board.read_anew()); });
    may_read.release(2);
    EXPECT_EQ(before.get(), "1");
    EXPECT_EQ(after.get(), "2");
}

TEST_F(StatusBoardTest, AnErrorIsToldAndNotKept)
{
    StatusBoard board(reader(), {.fresh = 1h, .usable = 1h});
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
    board.emplace(reader(), BoardAges{.fresh = 0h, .usable = 1h});
    may_read.release();
    ASSERT_EQ(seen(board->read()), "1");
    ASSERT_EQ(seen(board->read()), "1");
    may_read.release();
    board.reset();
    EXPECT_LE(readings, 2);
}

} // namespace
} // namespace left4me::web
