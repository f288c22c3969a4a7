#include "doctor/kernel_facts.hpp"

#include "doctor/host_file.hpp"
#include "doctor/kernel_findings.hpp"

#include <sys/utsname.h>

namespace left4me {
namespace {

Findings look_at_release()
{
    utsname kernel = {};
    uname(&kernel); // fails for a bad address alone
    return judge_kernel(kernel.release);
}

Findings look_at_apparmor()
{
    return judge_apparmor({apparmor_is_on(), read_host_file("/sys/kernel/security/apparmor/profiles")});
}

} // namespace

bool apparmor_is_on()
{
    const auto enabled = read_host_file("/sys/module/apparmor/parameters/enabled");
    return enabled && enabled->starts_with('Y');
}

Findings look_at_kernel(Result<Systemd>& systemd)
{
    auto findings = look_at_release();
    append(findings, judged(Check::systemd, systemd.and_then([](Systemd& bus) { return bus.version(); }),
                            judge_systemd));
    append(
        findings,
        judge_ptrace(read_host_file("/proc/sys/kernel/yama/ptrace_scope").transform(without_newline)));
    append(findings, look_at_apparmor());
    append(findings, judge_bpf(read_host_file("/sys/kernel/security/lsm")));
    return findings;
}

} // namespace left4me
