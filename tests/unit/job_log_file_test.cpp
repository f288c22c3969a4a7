#include "host/job_log_file.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

#include <filesystem>

namespace left4me {
namespace {

class JobLogFile : public testing::Test {
protected:
    void log(const std::string& text) const { host.write("state/jobs/7/log", text); }
    [[nodiscard]] JobLogPart part(const JobLogWish& wish) const
    {
        return read_job_log(*host, id, wish).value();
    }

    TemporaryHost host;
    const JobId id = *JobId::parse("7");
};

TEST_F(JobLogFile, IsEmptyWhereThereIsNone)
{
    EXPECT_EQ(part({.most = 10}).text, "");
    EXPECT_EQ(job_log_size(*host, id), 0);
    std::filesystem::create_directories((*host).state_path("jobs/7"));
    EXPECT_EQ(part({.after = 5, .most = 10}).text, "");
    EXPECT_EQ(job_log_size(*host, id), 0);
}

TEST_F(JobLogFile, IsReadByWholeLinesFromItsEndToItsBegin)
{
    log("one\ntwo\nthree\n");
    auto last = part({.most = 8});
    EXPECT_EQ(last.text, "three\n");
    EXPECT_EQ(last.begin, 8U);
    EXPECT_EQ(last.end, 14U);
    const auto before = part({.end = last.begin, .most = 5});
    EXPECT_EQ(before.text, "two\n");
    EXPECT_EQ(before.begin, 4U);
    const auto first = part({.end = before.begin, .most = 5});
    EXPECT_EQ(first.text, "one\n");
    EXPECT_EQ(first.begin, 0U);
    EXPECT_EQ(part({.most = 100}).text, "one\ntwo\nthree\n");
    EXPECT_EQ(job_log_size(*host, id), 14);
}

TEST_F(JobLogFile, IsFollowedByWholeLines)
{
    log("one\ntwo\nth");
    const auto first = part({.after = 0, .most = 100});
    EXPECT_EQ(first.text, "one\ntwo\n");
    EXPECT_EQ(part({.after = first.end, .most = 100}).text, "") << "it goes on";
    log("one\ntwo\nthree\n");
    EXPECT_EQ(part({.after = first.end, .most = 100}).text, "three\n");
    EXPECT_EQ(part({.after = 0, .most = 5}).text, "one\n");
}

/// Whatever somebody has put there, each step goes on.
TEST_F(JobLogFile, ThatIsNoLogIsReadAllTheSame)
{
    log(std::string(50, 'x'));
    EXPECT_EQ(part({.after = 0, .most = 20}).end, 20U);
    EXPECT_EQ(part({.most = 20}).begin, 30U);
    EXPECT_EQ(part({.after = 99999, .most = 20}).text, "");
    EXPECT_EQ(part({.end = 99999, .most = 20}).end, 50U);
    std::filesystem::remove((*host).state_path("jobs/7/log"));
    std::filesystem::create_symlink("/etc/passwd", (*host).state_path("jobs/7/log"));
    EXPECT_FALSE(read_job_log(*host, id, {.most = 20}));
    EXPECT_EQ(job_log_size(*host, id), 0);
}

} // namespace
} // namespace left4me
