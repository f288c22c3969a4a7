#include "process_scope.hpp"

#include "file_descriptor.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace left4me {
namespace {

// The kernel's ABI, from linux/landlock.h of 6.12. The build may happen with
// older headers, and the size that is passed must be the one of that version.
struct LandlockRuleset {
    std::uint64_t handled_access_fs;
    std::uint64_t handled_access_net;
    std::uint64_t scoped;
};
constexpr std::uint64_t scope_abstract_unix_socket = 1U << 0U;
constexpr std::uint64_t scope_signal = 1U << 1U;
constexpr std::uint32_t create_ruleset_version = 1U << 0U;
constexpr long first_abi_with_scopes = 6;

} // namespace

Result<void> scope_process()
{
    const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, create_ruleset_version);
    if (abi < first_abi_with_scopes) {
        std::fputs("left4me: this kernel has no Landlock scopes (Linux 6.12): "
                   "abstract sockets stay reachable\n",
                   stderr);
        return {};
    }
    const LandlockRuleset attributes = {0, 0, scope_abstract_unix_socket | scope_signal};
    const FileDescriptor ruleset(
        static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (!ruleset)
        return fail_errno("cannot make a Landlock ruleset", errno);
    // Always set in the unit; without it the next call is refused.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail_errno("cannot give up new privileges", errno);
    if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
        return fail_errno("cannot restrict this process by Landlock", errno);
    return {};
}

} // namespace left4me
