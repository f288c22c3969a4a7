#include "sandbox/landlock_scope.hpp"

#include "system/file_descriptor.hpp"
#include "system/format.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
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
struct LandlockPort {
    std::uint64_t allowed_access;
    std::uint64_t port;
};
struct [[gnu::packed]] LandlockPath {
    std::uint64_t allowed_access;
    std::int32_t directory;
};
constexpr std::uint64_t access_fs_read_dir = 1U << 3U;
constexpr std::uint64_t access_fs_refer = 1U << 13U; // links and renames across directories
constexpr std::uint64_t access_net_bind_tcp = 1U << 0U;
constexpr std::uint64_t scope_abstract_unix_socket = 1U << 0U;
constexpr std::uint64_t scope_signal = 1U << 1U;
constexpr int rule_path_beneath = 1;
constexpr int rule_net_port = 2;
constexpr std::uint32_t create_ruleset_version = 1U << 0U;
constexpr long first_abi_with_scopes = 6; // that for ports is 4

Result<FileDescriptor> make_ruleset()
{
    // Where any right to files is handled, REFER is denied unless it is allowed.
    const LandlockRuleset attributes = {access_fs_read_dir | access_fs_refer, access_net_bind_tcp,
                                        scope_abstract_unix_socket | scope_signal};
    FileDescriptor ruleset(
        static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (!ruleset)
        return fail_errno("cannot make a Landlock ruleset", errno);
    return ruleset;
}

Result<void> allow_binding(const FileDescriptor& ruleset, std::uint16_t port)
{
    const LandlockPort rule = {access_net_bind_tcp, port};
    if (syscall(SYS_landlock_add_rule, ruleset.get(), rule_net_port, &rule, 0) != 0)
        return fail_errno("cannot allow a port by Landlock", errno);
    return {};
}

/// For a directory and all beneath it; that is not everywhere there.
Result<void> allow_directory(const FileDescriptor& ruleset, const std::string& path,
                             std::uint64_t access)
{
    const FileDescriptor directory(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory && errno == ENOENT)
        return {};
    const LandlockPath rule = {access, directory.get()};
    if (!directory || syscall(SYS_landlock_add_rule, ruleset.get(), rule_path_beneath, &rule, 0) != 0)
        return fail_errno(formatted("cannot allow {} by Landlock", quote(path)), errno);
    return {};
}

/// All but "/", what lies on the way to the state, and the state itself with its caches.
Result<void> allow_directories(const FileDescriptor& ruleset, std::vector<std::string> trees)
{
    for (const auto* path : {"/etc", "/home", "/proc", "/root", "/run", "/sys", "/usr"})
        if (auto allowed = allow_directory(ruleset, path, access_fs_read_dir); !allowed)
            return allowed;
    trees.insert(trees.end(), {"/dev", "/tmp", "/var/tmp"});
    for (const auto& path : trees)
        if (auto allowed = allow_directory(ruleset, path, access_fs_read_dir | access_fs_refer);
            !allowed)
            return allowed;
    return {};
}

Result<void> restrict_self(const FileDescriptor& ruleset)
{
    // Always set in the unit; without it the next call is refused.
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail_errno("cannot give up new privileges", errno);
    if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
        return fail_errno("cannot restrict this process by Landlock", errno);
    return {};
}

} // namespace

Result<void> scope_process(std::optional<GamePort> port, const std::vector<std::string>& trees)
{
    const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, create_ruleset_version);
    if (abi < first_abi_with_scopes) {
        std::fputs("left4me: this kernel has no Landlock scopes (Linux 6.12): "
                   "abstract sockets and other servers' ports stay reachable, the caches can "
                   "be listed\n",
                   stderr);
        return {};
    }
    const auto ruleset = make_ruleset();
    if (!ruleset)
        return std::unexpected(ruleset.error());
    constexpr std::uint16_t any_free_port = 0;
    return (port ? allow_binding(*ruleset, port->number()) : Result<void>{})
        .and_then([&] { return allow_binding(*ruleset, any_free_port); })
        .and_then([&] { return allow_directories(*ruleset, trees); })
        .and_then([&] { return restrict_self(*ruleset); });
}

} // namespace left4me
