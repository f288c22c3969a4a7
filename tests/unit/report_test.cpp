#include "system/report.hpp"

#include "console/terminal_report.hpp"
#include "told_report.hpp"

#include <gmock/gmock.h>

namespace left4me {
namespace {

using testing::ElementsAre;

TEST(SubjectReport, NamesItsSubjectInStepsAndWarnings)
{
    ToldReport told;
    SubjectReport report(told, "coop1");
    report.step("starting");
    report.warning("it is slow");
    EXPECT_THAT(told.all, ElementsAre("step coop1: starting", "warning coop1: it is slow"));
}

TEST(SubjectReport, LeavesProgressAndOthersLinesAsTheyAre)
{
    ToldReport told;
    SubjectReport report(told, "maps");
    report.progress("copying", 1, 2);
    report.line("hello");
    EXPECT_THAT(told.all, ElementsAre("copying 1/2", "line hello"));
}

TEST(Phase, TellsHowFarItHasCome)
{
    ToldReport told;
    const Phase phase(told, "copying", 10);
    phase.reach(4);
    phase.reach(10);
    EXPECT_THAT(told.all, ElementsAre("copying 4/10", "copying 10/10"));
}

TEST(Phase, TellsNobodyByItself)
{
    EXPECT_NO_FATAL_FAILURE(Phase().reach(1));
}

struct Printed {
    std::string out;
    std::string err;
};
template <class Act>
Printed print_of(Act act)
{
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    {
        TerminalReport report; // which is none here
        act(report);
    }
    return {testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

TEST(TerminalReport, PrintsStepsAndLinesAsTheyAre)
{
    const auto printed = print_of([](Report& report) {
        report.step("a: starting");
        report.line("of a script");
    });
    EXPECT_EQ(printed.out, "a: starting\nof a script\n");
    EXPECT_EQ(printed.err, "");
}

TEST(TerminalReport, PrintsWarningsAsErrors)
{
    const auto printed = print_of([](Report& report) { report.warning("a: it is slow"); });
    EXPECT_EQ(printed.out, "");
    EXPECT_EQ(printed.err, "l4d2ctl: a: it is slow\n");
}

TEST(TerminalReport, WithoutATerminalHasALineForEachLargePhase)
{
    constexpr std::uint64_t mebi = 1 << 20;
    const auto printed = print_of([](Report& report) {
        report.progress("small", 1, mebi - 1);
        report.progress("copying", 0, mebi);
        report.progress("copying", mebi, mebi);
        report.progress("checking\n", 0, 2 * mebi);
    });
    EXPECT_EQ(printed.out, "");
    EXPECT_EQ(printed.err, "copying: 1.0 MiB\nchecking\\n: 2.0 MiB\n");
}

} // namespace
} // namespace left4me
