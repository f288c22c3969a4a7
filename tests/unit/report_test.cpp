#include "system/report.hpp"

#include "console/terminal_report.hpp"
#include "console/text_table.hpp"
#include "told_report.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <regex>
#include <set>

namespace left4me {
namespace {

namespace fs = std::filesystem;
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

const std::string steering = "a\x1b]0;owned\a\u009b2J\nl4d2ctl: done\r\tb";
const std::string harmless = "a\\x1b]0;owned\\x07\\xc2\\x9b2J\\nl4d2ctl: done\\x0d\\tb";

TEST(TerminalReport, LetsNobodySteerATerminalOrMakeALine)
{
    const auto printed = print_of([](Report& report) {
        report.step(steering);
        report.line(steering);
        report.warning(steering);
    });
    EXPECT_EQ(printed.out, harmless + '\n' + harmless + '\n');
    EXPECT_EQ(printed.err, "l4d2ctl: " + harmless + '\n');
}

TEST(Print, EscapesAllButTheEndsOfLines)
{
    const auto printed = print_of([](Report& /*report*/) {
        print(steering + '\n');
        complain("left4me-x", steering);
    });
    EXPECT_EQ(printed.out, "a\\x1b]0;owned\\x07\\xc2\\x9b2J\nl4d2ctl: done\\x0d\\tb\n");
    EXPECT_EQ(printed.err, "left4me-x: " + harmless + '\n');
}

TEST(Print, LeavesAFileAsItIsWhereNoTerminalIs)
{
    EXPECT_EQ(print_of([](Report& /*report*/) { print_file(steering); }).out, steering);
}

TEST(Table, HasALineForEachRowWhateverIsInIt)
{
    EXPECT_EQ(format_table({{"NAME", "WHY"}, {"a", steering}}), "NAME  WHY\na     " + harmless + '\n');
}

/// Each of the others writes what a game or a script says, or escapes it itself.
TEST(Print, IsTheOneWayOutOfThePrograms)
{
    const std::set<std::string> others = {"console/line_editor.cpp", "console/terminal_report.cpp",
                                          "root/script_sandbox.cpp", "sandbox/landlock_scope.cpp",
                                          "sandbox/launcher.cpp",    "sandbox/script_runner.cpp",
                                          "system/service_log.cpp"};
    const std::regex writes(R"(\b(fputs|fwrite|printf|fprintf|dprintf|cout|cerr|clog)\b)");
    const fs::path root = std::string(SOURCE_ROOT) + "/src";
    std::set<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file())
            continue;
        std::ifstream file(entry.path());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        if (std::regex_search(text, writes))
            found.insert(fs::relative(entry.path(), root));
    }
    EXPECT_EQ(found, others);
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
