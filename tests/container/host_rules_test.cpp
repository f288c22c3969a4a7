// Rules that a host has for its users, as hardening guides ask for them: sudo's own settings, and
// what PAM lets accounts do. They are not for user left4me, who calls its helpers all the same.

#include "support.hpp"

#include <filesystem>
#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;

namespace fs = std::filesystem;

const std::string sudo_rule = "/etc/sudoers.d/00-host";
const std::string accounts = "/etc/pam.d/common-account";
const std::string access_rule = "/etc/security/access.conf";

/// What a host asks of all users, for a test's time.
struct HostRule {
    const char* name;
    const char* sudo = "";    ///< Defaults of sudo
    const char* account = ""; ///< a line of PAM's account phase
    bool expired = false;     ///< the account of user left4me
};

void PrintTo(const HostRule& rule, std::ostream* stream)
{
    *stream << rule.name;
}

struct HostRules : ServerTest, testing::WithParamInterface<HostRule> {
    HostRules() : shipped_accounts(read_file(accounts)), shipped_access(read_file(access_rule))
    {
        if (GetParam().sudo[0] != '\0') {
            write_file(sudo_rule, std::format("Defaults {}\n", GetParam().sudo));
            fs::permissions(sudo_rule, fs::perms{0440});
        }
        write_file(accounts, std::format("{}{}\n", shipped_accounts, GetParam().account));
        write_file(access_rule, shipped_access + "-:ALL EXCEPT root:ALL\n");
        if (GetParam().expired)
            output({"chage", "--expiredate", "0", "left4me"});
    }
    ~HostRules() override
    {
        l4d2ctl({"overlay", "delete", ref});
        output({"chage", "--expiredate", "-1", "left4me"});
        write_file(access_rule, shipped_access);
        write_file(accounts, shipped_accounts);
        remove_all(sudo_rule);
    }

    std::string shipped_accounts;
    std::string shipped_access;
    std::string ref = "host-rules/" + name;
};

TEST_P(HostRules, DoNotStopServersAndBuilds)
{
    ASSERT_EQ(run({"visudo", "--check"}).status, 0);
    start_with();
    // Longer than a call may take by one of the rules.
    const auto built = l4d2ctl({"overlay", "build", ref, "-f", "-"},
                               "mkdir -p \"$OVERLAY/left4dead2/cfg\"; sleep 2; echo it took its time\n");
    EXPECT_EQ(built.status, 0) << built.err;
    EXPECT_THAT(built.out, HasSubstr("it took its time"));
    // An archive, which its helper takes by descriptor.
    const auto folder = "/tmp/host-rules-" + name;
    write_file(folder + "/cfg/banner.cfg", "say hello\n");
    output({"bsdtar", "-C", folder, "-acf", folder + "/banner.zip", "cfg"});
    const auto imported = l4d2ctl({"overlay", "import", ref, folder + "/banner.zip"});
    EXPECT_EQ(imported.status, 0) << imported.err;
    remove_all(folder);
    EXPECT_EQ(read_file(state + "/overlays/" + ref + "/left4dead2/cfg/banner.cfg"), "say hello\n");
    const auto stopped = l4d2ctl({"stop", name});
    EXPECT_EQ(stopped.status, 0) << stopped.err;
    // Who called what is in the journal all the same.
    EXPECT_THAT(output({"journalctl", "--identifier=sudo", "--since=-5min", "--output=cat"}),
                HasSubstr("COMMAND=/usr/libexec/left4me/left4me-systemctl disable " + name));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, HostRules,
    testing::Values(HostRule{.name = "None"},
                    HostRule{.name = "SudoLogsInputAndOutput", .sudo = "log_input, log_output"},
                    HostRule{.name = "SudoLogsPipes", .sudo = "log_stdin, log_stdout, log_stderr"},
                    HostRule{.name = "SudoWantsATerminal", .sudo = "requiretty, use_pty"},
                    HostRule{.name = "SudoEndsWhatTakesLong", .sudo = "command_timeout=1"},
                    HostRule{.name = "SudoWatchesWhatIsRun", .sudo = "log_subcmds, intercept, noexec"},
                    HostRule{.name = "SudoHidesFiles", .sudo = "umask_override, umask=0777"},
                    HostRule{.name = "TheAccountHasExpired", .expired = true},
                    HostRule{.name = "OnlyRootMaySignIn", .account = "account required pam_access.so"}),
    [](const auto& info) { return std::string(info.param.name); });

} // namespace
} // namespace left4me::test
