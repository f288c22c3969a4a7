#include "doctor/traced_calls.hpp"

#include "text_case.hpp"

namespace left4me {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

TracedCalls calls_of(const std::vector<std::string>& lines)
{
    TracedCalls calls;
    for (const auto& line : lines)
        calls.take_line(line);
    return calls;
}

TEST(TracedCalls, KnowsWhetherItIsFollowed)
{
    EXPECT_TRUE(calls_of({"strace: Process 12 attached"}).is_attached());
    EXPECT_TRUE(calls_of({"/usr/bin/strace: Process 12 attached"}).is_attached());
    EXPECT_FALSE(calls_of({"open(\"strace: Process 12 attached"}).is_attached());
    const auto refused = calls_of({"strace: attach: ptrace(PTRACE_SEIZE, 12): Operation not permitted"});
    EXPECT_FALSE(refused.is_attached());
    EXPECT_THAT(refused.complaint(), HasSubstr("Operation not permitted"));
    EXPECT_FALSE(calls_of({"[pid 3] write(1, \"\"..., 27) = 27"}).is_attached());
}

TEST(TracedCalls, CountsWhatWasMadeByAnyProcess)
{
    const auto calls =
        calls_of({"read(0, \"\"..., 1) = 1", "[pid    12] futex(0x1, FUTEX_WAIT) = 0",
                  "[pid 13] futex(0x1, FUTEX_WAKE, 1 <unfinished ...>",
                  "[pid 13] <... futex resumed>) = 1", "exit_group(0) = ?",
                  "strace: [ Process PID=12 runs in 32 bit mode. ]", "[pid 13] +++ exited with 0 +++",
                  "--- SIGSYS {si_signo=SIGSYS, si_code=SYS_SECCOMP} ---", "", "(", "a b() = 0"});
    EXPECT_THAT(calls.made(), ElementsAre(Pair("exit_group", 1), Pair("futex", 2), Pair("read", 1)));
    EXPECT_EQ(calls.complaint(), "");
}

TEST(TracedCalls, CountsWhatWasRefused)
{
    const auto calls = calls_of(
        {"setpriority(PRIO_PROCESS, 0, -5) = -1 EACCES (Permission denied)",
         "[pid 2] socket(AF_NETLINK, SOCK_RAW, 0 <unfinished ...>",
         "[pid 2] <... socket resumed>) = -1 EAFNOSUPPORT (Address family not supported by protocol)",
         "[pid 2] <... socket resumed>) = -1 EPERM (which nobody began)",
         "recv(3, 0x1, 1, 0) = -1 EAGAIN (Resource temporarily unavailable)"});
    EXPECT_THAT(calls.refused(), UnorderedElementsAre(Pair(Pair("setpriority", "EACCES"), 1),
                                                      Pair(Pair("socket", "EAFNOSUPPORT"), 1)));
}

TEST(TracedCalls, NamesFilesThatWereNowhere)
{
    const std::string none = " = -1 ENOENT (No such file or directory)";
    const auto calls = calls_of(
        {"openat(AT_FDCWD, \"/etc/machine-id\", O_RDONLY)" + none, "open(\"bin/x.so\", O_RDONLY)" + none,
         "open(\"bin/y.so\", O_RDONLY)" + none, "[pid 4] stat64(\"later\", 0x1 <unfinished ...>",
         "[pid 4] <... stat64 resumed>)" + none, "open(\"bin/y.so\", O_RDONLY) = 3",
         "open(\"\\x1b[2J\", O_RDONLY)" + none,
         "access(\"closed\", R_OK) = -1 EACCES (Permission denied)", "shmat(1, NULL, 0)" + none});
    EXPECT_THAT(calls.missing_files(), ElementsAre("/etc/machine-id", "bin/x.so", "later"));
}

TEST(TracedCalls, IsBounded)
{
    TracedCalls calls;
    for (std::size_t i = 0; i < 2 * TracedCalls::max_files; ++i) {
        const auto number = std::to_string(i);
        calls.take_line("call" + number + "(\"file" + number + "\") = -1 ENOENT (x)");
        calls.take_line("[pid " + number + "] wait(1 <unfinished ...>");
    }
    EXPECT_LE(calls.made().size(), TracedCalls::max_kinds);
    EXPECT_LE(calls.missing_files().size(), TracedCalls::max_files);
}

TEST(CallFilter, IsReadAsSystemctlShowsIt)
{
    const CallFilter expected = {{"read", ""}, {"setpriority", "EPERM"}, {"write", ""}};
    EXPECT_EQ(parse_call_filter("read setpriority:EPERM write\n"), expected);
    EXPECT_THAT(parse_call_filter("~ptrace read\n"), FailsWith(ExitStatus::bad_data, "forbidden"));
    EXPECT_THAT(parse_call_filter("\n"), FailsWith(ExitStatus::bad_data, "no filter"));
}

auto told(Verdict verdict, const std::string& what)
{
    return AllOf(Field(&Finding::verdict, verdict), Field(&Finding::what, HasSubstr(what)));
}

TEST(JudgedCalls, AreHeldAgainstTheFilter)
{
    const CallFilter filter = {{"read", ""}, {"setpriority", "EPERM"}};
    EXPECT_THAT(judge_calls(calls_of({"read(0) = 0", "ptrace(PTRACE_TRACEME) = 0"}), filter),
                ElementsAre(told(Verdict::ok, "allows all calls")));
    EXPECT_THAT(judge_calls(calls_of({"read(0) = 0", "mount(0) = 0", "mount(0) = 0"}), filter),
                ElementsAre(told(Verdict::problem, "does not allow: mount (2)")));
    const auto refused =
        judge_calls(calls_of({"setpriority(0) = -1 EACCES (x)", "read(0) = 1"}), filter);
    EXPECT_THAT(refused, ElementsAre(told(Verdict::note, "refuses: setpriority EPERM (1)"),
                                     told(Verdict::note, "refused: setpriority EACCES (1)")));
}

TEST(JudgedFiles, AreThoseThatTheHostHas)
{
    EXPECT_THAT(judge_missing_files(7, {}), ElementsAre(told(Verdict::ok, "7 files in vain")));
    EXPECT_THAT(judge_missing_files(7, {"/etc/machine-id", "/opt/x"}),
                ElementsAre(told(Verdict::warning, "2 files that this host has and the sandbox hides: "
                                                   "/etc/machine-id, /opt/x")));
    std::set<std::string> many;
    for (int i = 0; i < 30; ++i)
        many.insert("/etc/" + std::to_string(i));
    EXPECT_THAT(judge_missing_files(30, many), Contains(told(Verdict::warning, ", …")));
}

} // namespace
} // namespace left4me
