#include "doctor/seccomp_record.hpp"

#include "system/format.hpp"
#include "system/plain_text.hpp"

#include <cstdint>
#include <map>
#include <utility>

namespace left4me {
namespace {

// linux/audit.h: AUDIT_ARCH_I386 and AUDIT_ARCH_X86_64; linux/seccomp.h: SECCOMP_RET_KILL_THREAD
// and SECCOMP_RET_KILL_PROCESS.
constexpr std::string_view arch_i386 = "40000003";
constexpr std::string_view kill_thread = "0x0";
constexpr std::string_view kill_process = "0x80000000";
constexpr unsigned ptrace_of_i386 = 26;
constexpr unsigned ptrace_of_x86_64 = 101;

/// The value of a field, without its quotes; one of odd bytes is hexadecimal, and stays so.
std::string_view field_of(std::string_view text, std::string_view name)
{
    const auto mark = formatted(" {}=", name);
    const auto at = text.find(mark);
    if (at == std::string_view::npos)
        return {};
    auto rest = text.substr(at + mark.size());
    if (!rest.starts_with('"'))
        return rest.substr(0, rest.find_first_of(" \n"));
    rest.remove_prefix(1);
    return rest.substr(0, rest.find('"'));
}

bool is_ptrace(const SeccompRecord& record)
{
    return record.call == (record.is_32_bit ? ptrace_of_i386 : ptrace_of_x86_64);
}

/// Of what is killed for the same call.
struct KilledBy {
    std::string command;
    bool is_32_bit;
    unsigned call;
    auto operator<=>(const KilledBy&) const = default;
};

} // namespace

std::optional<SeccompRecord> parse_seccomp_record(std::string_view text)
{
    const auto code = field_of(text, "code");
    const auto call = parse_number<unsigned>(field_of(text, "syscall"));
    if (!call || (code != kill_thread && code != kill_process))
        return std::nullopt;
    return SeccompRecord{std::string(field_of(text, "comm")), std::string(field_of(text, "exe")),
                         field_of(text, "arch") == arch_i386, *call};
}

Findings judge_killed(const Result<std::vector<SeccompRecord>>& records, std::string_view directory)
{
    constexpr auto check = Check::killed;
    if (!records)
        return {not_checked(check, records.error())};
    std::size_t expected = 0;
    std::map<KilledBy, std::size_t> killed;
    for (const auto& record : *records) {
        if (!record.program.starts_with(directory))
            continue;
        if (is_ptrace(record))
            ++expected;
        else
            ++killed[{record.command, record.is_32_bit, record.call}];
    }
    Findings findings;
    for (const auto& [what, times] : killed)
        findings.push_back(
            {check, Verdict::problem,
             formatted("the filter killed {} for system call {} of {} bits, {}", quote(what.command),
                       what.call, what.is_32_bit ? 32 : 64, counted(times, "time")),
             formatted("attach the report to a bug of left4me; its name: scmp_sys_resolver -a {} {} "
                       "(package seccomp)",
                       what.is_32_bit ? "x86" : "x86_64", what.call)});
    return or_ok(std::move(findings), check,
                 expected == 0 ? "the filter killed nothing"
                               : formatted("the filter killed nothing but a crash reporter for its "
                                           "ptrace, {}, as it should",
                                           counted(expected, "time")));
}

} // namespace left4me
