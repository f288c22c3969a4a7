#include "doctor/kernel_findings.hpp"

#include "system/format.hpp"

#include <array>
#include <charconv>
#include <sstream>

namespace left4me {
namespace {

/// Numbers at the start of a version, "6.12.48+deb13-amd64" as {6, 12}; 0 for none.
std::array<int, 2> version_of(std::string_view text)
{
    std::array<int, 2> version = {};
    for (auto& part : version) {
        const auto [end, problem] = std::from_chars(text.begin(), text.end(), part);
        if (problem != std::errc() || end == text.end() || *end != '.')
            break;
        text.remove_prefix(static_cast<std::size_t>(end + 1 - text.begin()));
    }
    return version;
}

} // namespace

Findings judge_kernel(std::string_view release)
{
    constexpr std::array<int, 2> minimum = {6, 12};
    const auto what = formatted("Linux {}", escaped(release));
    if (version_of(release) < minimum)
        return {{Check::kernel, Verdict::problem, what, "boot Debian 13's kernel: left4me needs 6.12"}};
    return {{Check::kernel, Verdict::ok, what}};
}

Findings judge_systemd(std::string_view version)
{
    constexpr int minimum = 257;
    const auto what = formatted("systemd {}", escaped(version));
    if (version_of(version).front() < minimum)
        return {{Check::systemd, Verdict::problem, what,
                 "bring the host to Debian 13: an older systemd passes over parts of the sandbox"}};
    return {{Check::systemd, Verdict::ok, what}};
}

Findings judge_ptrace(const Result<std::string>& scope)
{
    if (!scope && scope.error().status != ExitStatus::not_found)
        return {not_checked(Check::ptrace, scope.error())};
    if (!scope)
        return {{Check::ptrace, Verdict::problem,
                 "the kernel has no Yama: processes of user left4me can trace each other",
                 "boot a kernel with it, as Debian's is"}};
    const auto value = scope->substr(0, scope->find('\n'));
    const auto what = formatted("kernel.yama.ptrace_scope is {}", escaped(value));
    if (value == "2" || value == "3")
        return {{Check::ptrace, Verdict::ok, what}};
    return {{Check::ptrace, Verdict::problem, what + ": processes of user left4me can trace each other",
             "take other values of it out of /etc/sysctl.d and run sysctl --system"}};
}

Findings judge_apparmor(const AppArmor& facts)
{
    const auto& profile = apparmor_profile;
    if (!facts.on)
        return {{Check::apparmor, Verdict::warning,
                 "AppArmor is off: a 32-bit game may open every kind of socket",
                 "boot a kernel with AppArmor, as Debian's is, without apparmor=0"}};
    if (!facts.profiles)
        return {not_checked(Check::apparmor, facts.profiles.error())};
    std::istringstream lines(*facts.profiles);
    for (std::string line; std::getline(lines, line);) {
        if (line == profile + " (enforce)")
            return {{Check::apparmor, Verdict::ok, formatted("profile {} is enforced", profile)}};
        if (line.starts_with(profile + " ("))
            return {{Check::apparmor, Verdict::problem,
                     formatted("profile {} is not enforced: {}", profile, escaped(line)),
                     formatted("aa-enforce {}", profile)}};
    }
    return {{Check::apparmor, Verdict::problem, formatted("profile {} is not loaded", profile),
             formatted("apparmor_parser --replace /etc/apparmor.d/{}", profile)}};
}

Findings judge_bpf(const Result<std::string>& security_modules)
{
    if (!security_modules)
        return {not_checked(Check::bpf, security_modules.error())};
    std::istringstream names(security_modules->substr(0, security_modules->find('\n')));
    for (std::string name; std::getline(names, name, ',');)
        if (name == "bpf")
            return {{Check::bpf, Verdict::ok, "the BPF security module is on"}};
    return {{Check::bpf, Verdict::note,
             "the BPF security module is off: RestrictFileSystems= of root's units has no effect",
             "boot a kernel with it, as Debian's is, without lsm= or with bpf in it"}};
}

} // namespace left4me
