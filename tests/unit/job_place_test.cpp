#include "host/job_place.hpp"

#include "temporary_host.hpp"
#include "text_case.hpp"

#include <filesystem>
#include <sys/stat.h>

namespace left4me {
namespace {

const JobId seven = *JobId::parse("7");

class JobPlace : public testing::Test {
protected:
    JobPlace() { host.write("run/jobs/8", "stop\ncoop1\n"); }

    [[nodiscard]] std::string path(const std::string& below) const { return (*host).run() + below; }

    TemporaryHost host;
};

TEST_F(JobPlace, HasTheRequest)
{
    host.write("run/jobs/7", "start\ncoop1\n");
    const auto request = read_job_request(*host, JobKind::servers, seven);
    ASSERT_THAT(request, Succeeds());
    EXPECT_EQ(request->format(), "start\ncoop1\n");
    EXPECT_THAT(read_job_request(*host, JobKind::steam, seven), FailsWith(ExitStatus::bad_data, ""));
    EXPECT_THAT(read_job_request(*host, JobKind::servers, *JobId::parse("9")),
                FailsWith(ExitStatus::not_found, "jobs/9"));
}

TEST_F(JobPlace, FollowsNoLink)
{
    std::filesystem::create_symlink("8", path("/jobs/7"));
    EXPECT_THAT(read_job_request(*host, JobKind::servers, seven),
                FailsWith(ExitStatus::bad_data, "symbolic link"));
}

TEST_F(JobPlace, WaitsForNoFifo)
{
    ASSERT_EQ(mkfifo(path("/jobs/7").c_str(), 0600), 0);
    EXPECT_THAT(read_job_request(*host, JobKind::servers, seven),
                FailsWith(ExitStatus::bad_data, "regular file"));
}

TEST_F(JobPlace, ReadsNoMoreThanARequestMayHave)
{
    host.write("run/jobs/7", "start\ncoop1\n" + std::string(max_job_request_size, 'x'));
    EXPECT_THAT(read_job_request(*host, JobKind::servers, seven), FailsWith(ExitStatus::bad_data, ""));
}

TEST_F(JobPlace, OfTheLogIsNoLink)
{
    std::filesystem::create_directories((*host).state() + "/jobs");
    std::filesystem::create_directory_symlink((*host).state() + "/live", (*host).state() + "/jobs/7");
    EXPECT_THAT(open_job_place(*host, seven), FailsWith(ExitStatus::bad_data, "symbolic link"));
    EXPECT_THAT(open_job_place(*host, *JobId::parse("8")), FailsWith(ExitStatus::not_found, ""));
}

} // namespace
} // namespace left4me
