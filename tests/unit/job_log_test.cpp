#include "model/job_log.hpp"

#include "text_case.hpp"

#include <algorithm>

namespace left4me {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr JobLog::Time first = 1s;
constexpr JobLog::Time later = 2s;

TEST(JobLog, PutsTheTimeBeforeEachLine)
{
    JobLog log;
    EXPECT_EQ(log.pass("checking\nwri", first), "1970-01-01T00:00:01Z checking\n");
    EXPECT_EQ(log.pass("ting\n\n", later), "1970-01-01T00:00:01Z writing\n1970-01-01T00:00:02Z \n");
    EXPECT_EQ(log.pass("no end", later), "");
    EXPECT_EQ(log.finish(later), "1970-01-01T00:00:02Z no end\n");
    EXPECT_EQ(log.finish(later), "");
    EXPECT_EQ(log.last_line(), "no end");
}

TEST(JobLog, EndsALineAtAReturn)
{
    JobLog log;
    EXPECT_EQ(log.pass("10 %\r20 %\r\n\rdone\n", first),
              "1970-01-01T00:00:01Z 10 %\n1970-01-01T00:00:01Z 20 %\n1970-01-01T00:00:01Z \n"
              "1970-01-01T00:00:01Z done\n");
}

TEST(JobLog, HasNothingThatSteersATerminal)
{
    JobLog log;
    EXPECT_THAT(log.pass("\x1b[31mred\x07\n", first), Not(HasSubstr("\x1b")));
}

TEST(JobLog, CutsLongLinesInTwo)
{
    JobLog log;
    const auto passed = log.pass(std::string(JobLog::max_line * 2, 'x') + "\n", first);
    EXPECT_EQ(std::ranges::count(passed, '\n'), 3);
}

TEST(JobLog, SaysWhereItEnds)
{
    JobLog log;
    std::string all;
    const std::string line(1000, 'x');
    while (all.size() < JobLog::max_size) {
        const auto passed = log.pass(line + "\n", first);
        if (passed.empty())
            break;
        all += passed;
    }
    EXPECT_LE(all.size(), JobLog::max_size);
    EXPECT_GT(all.size(), JobLog::max_size - 2 * line.size());
    EXPECT_THAT(all, EndsWith("left4me: the log ends here: it has all that is kept of one\n"));
    EXPECT_EQ(log.pass("left4me: the reason\n", later), "");
    EXPECT_EQ(log.last_line(), "left4me: the reason");
}

} // namespace
} // namespace left4me
