#include "model/job_result.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using namespace std::chrono_literals;
using testing::Values;

TEST(JobResult, IsALineForEachThing)
{
    EXPECT_EQ(format_job_result({0, "", 1s, 2s}),
              "status=0\nerror=\nbegan=1970-01-01T00:00:01Z\nended=1970-01-01T00:00:02Z\n");
    const auto text = format_job_result({70, "cannot\nstatus=0 \x1b", 1s, 2s});
    EXPECT_EQ(text, "status=70\nerror=cannot\\nstatus=0 \\x1b\nbegan=1970-01-01T00:00:01Z\n"
                    "ended=1970-01-01T00:00:02Z\n");
    EXPECT_LT(format_job_result({70, std::string(1'000'000, '\n'), 1s, 2s}).size(), max_job_result_size);
}

TEST(JobResult, IsTold)
{
    EXPECT_EQ(describe_job_result(format_job_result({0, "", 1s, 2s})).value(), "ended with status 0");
    EXPECT_EQ(describe_job_result(format_job_result({69, "no systemd", 1s, 2s})).value(),
              "ended with status 69: no systemd");
}

TEST(JobResult, IsReadAgain)
{
    const auto end = parse_job_end(format_job_result({71, "port 27015 is taken", 1s, 2s}));
    ASSERT_THAT(end, Succeeds());
    EXPECT_EQ(end->status, 71);
    EXPECT_EQ(end->error, "port 27015 is taken");
}

/// User left4me can write it.
class BadJobResult : public testing::TestWithParam<TextCase> {};
TEST_P(BadJobResult, IsRefused)
{
    EXPECT_THAT(describe_job_result(GetParam().text), FailsWith(ExitStatus::bad_data, ""));
}
INSTANTIATE_TEST_SUITE_P(JobResult, BadJobResult,
                         Values(TextCase{"empty", ""}, TextCase{"no_lines", "status=0"},
                                TextCase{"no_number", "status=x\nerror=\n"},
                                TextCase{"no_error", "status=0\n"}, TextCase{"other", "hello\n"}),
                         NameOfCase());

TEST(JobResult, SteersNobodysTerminal)
{
    EXPECT_EQ(describe_job_result("status=1\nerror=\x1b[2J\n").value(), "ended with status 1: \\x1b[2J");
}

} // namespace
} // namespace left4me
