#include "doctor/seccomp_record.hpp"

#include "text_case.hpp"

#include <format>

namespace left4me {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

const std::string merged = "/var/lib/left4me/runtime/doctor-play/merged/";

/// As the kernel writes it, without what stands before its time.
std::string record(const std::string& program, const std::string& rest)
{
    return std::format(
        "audit(1764197136.123:42): auid=4294967295 uid=998 gid=998 ses=4294967295 "
        "subj=left4me-server (enforce) pid=4711 comm=\"srcds_linux\" exe=\"{}\" sig=31 {}",
        program, rest);
}
const std::string killed = "arch=40000003 syscall=384 compat=1 ip=0xf7f1d579 code=0x80000000";

TEST(SeccompRecord, IsReadAsTheKernelWritesIt)
{
    const SeccompRecord expected = {"srcds_linux", "/x/srcds_linux", true, 384};
    EXPECT_EQ(parse_seccomp_record(record("/x/srcds_linux", killed)), expected);
    const auto of_64_bits =
        parse_seccomp_record(record("/x/y", "arch=c000003e syscall=101 compat=0 ip=0x7f code=0x0"));
    EXPECT_EQ(of_64_bits, (SeccompRecord{"srcds_linux", "/x/y", false, 101}));
}

TEST(SeccompRecord, IsNoneOfWhatDidNotKill)
{
    EXPECT_FALSE(parse_seccomp_record(""));
    EXPECT_FALSE(parse_seccomp_record("audit(1:1): pid=1 comm=\"x\""));
    EXPECT_FALSE(parse_seccomp_record(record("/x", "arch=40000003 syscall=4 code=0x7ffc0000")))
        << "logged";
    EXPECT_FALSE(parse_seccomp_record(record("/x", "arch=40000003 syscall=4x code=0x0")));
    // A program may be called what it likes; its name is in quotes, or hexadecimal.
    EXPECT_FALSE(parse_seccomp_record("audit(1:1): comm=\"syscall=4\" code=0x7ffc0000"));
}

SeccompRecord call(unsigned number, bool of_32_bits = true, const std::string& where = merged)
{
    return {"srcds_linux", where + "srcds_linux", of_32_bits, number};
}

TEST(KilledCalls, AreProblemsButForTheReportersPtrace)
{
    const auto judge = [](std::vector<SeccompRecord> records) {
        return judge_killed(std::move(records), merged);
    };
    const auto is = [](Verdict verdict, const std::string& what) {
        return ElementsAre(
            AllOf(Field(&Finding::verdict, verdict), Field(&Finding::what, HasSubstr(what))));
    };
    EXPECT_THAT(judge({}), is(Verdict::ok, "killed nothing"));
    EXPECT_THAT(judge({call(26), call(26), call(101, false)}), is(Verdict::ok, "ptrace, 3 times"));
    EXPECT_THAT(judge({call(26), call(384), call(384)}),
                is(Verdict::problem, "'srcds_linux' for system call 384 of 32 bits, 2 times"));
    EXPECT_THAT(judge({call(26, false)}), is(Verdict::problem, "system call 26 of 64 bits, 1 time"));
    EXPECT_THAT(judge({call(384, true, "/var/lib/left4me/runtime/coop1/merged/")}),
                is(Verdict::ok, "killed nothing"));
    EXPECT_THAT(judge_killed(std::unexpected(Error{ExitStatus::unavailable, "no records"}), merged),
                is(Verdict::not_checked, "no records"));
}

} // namespace
} // namespace left4me
