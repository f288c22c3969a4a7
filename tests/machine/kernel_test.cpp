// What a container cannot have of its own: the kernel's settings at boot, its
// security modules, and the ways in which Debian's 6.12 takes a mount.

#include "support.hpp"

#include <cstdio>
#include <format>
#include <gmock/gmock.h>
#include <sys/utsname.h>

namespace left4me::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// --- the boot ------------------------------------------------------------------

TEST(MachineBoot, AllThatIsEnabledHasStarted)
{
    // Names what has not.
    EXPECT_EQ(run({"systemctl", "is-system-running", "--wait"}).out, "running\n")
        << run({"systemctl", "--failed", "--no-pager", "--plain"}).out;
}

TEST(MachineBoot, TheSecurityModulesAreThere)
{
    EXPECT_THAT("," + read_file("/sys/kernel/security/lsm") + ",",
                AllOf(HasSubstr(",yama,"), HasSubstr(",apparmor,"), HasSubstr(",bpf,"),
                      HasSubstr(",landlock,")));
}

// --- Yama ----------------------------------------------------------------------

struct MachineYama : testing::TestWithParam<const char*> {
    [[nodiscard]] static std::string probe() { return tests_dir + "/probe" + GetParam(); }
    [[nodiscard]] static std::string line(const char* result)
    {
        return std::format("ptrace {} {}\n", GetParam(), result);
    }
};

/// The strictest case: of a child, which the milder settings allow.
TEST_P(MachineYama, RootAloneMayTrace)
{
    ASSERT_EQ(output({"sysctl", "-n", "kernel.yama.ptrace_scope"}), "2");
    EXPECT_EQ(run_as_left4me({probe(), "ptrace"}).out, line("error EPERM"));
    EXPECT_EQ(run({probe(), "ptrace"}).out, line("ok -"));
}

TEST_P(MachineYama, ItIsTheSettingThatRefuses)
{
    ASSERT_EQ(run({"sysctl", "-w", "kernel.yama.ptrace_scope=0"}).status, 0);
    EXPECT_EQ(run_as_left4me({probe(), "ptrace"}).out, line("ok -"));
    ASSERT_EQ(run({"sysctl", "-w", "kernel.yama.ptrace_scope=2"}).status, 0);
}

INSTANTIATE_TEST_SUITE_P(Bits, MachineYama, testing::Values("32", "64"),
                         [](const auto& row) { return std::string(row.param); });

// --- how layers reach the kernel -------------------------------------------------

struct MachineOverlay : ServerTest {
    /// Mounts the stopped server's tree with its layers given in that way.
    Outcome mount_by(const std::string& route) const
    {
        return run({overlay_helper, "mount", name, "--layers-by", route});
    }

    /// Whether the kernel takes an overlay's layer by descriptor.
    [[nodiscard]] static bool takes_descriptors()
    {
        utsname kernel = {};
        uname(&kernel);
        int major = 0;
        int minor = 0;
        EXPECT_EQ(std::sscanf(kernel.release, "%d.%d", &major, &minor), 2) << kernel.release;
        return std::pair(major, minor) >= std::pair(6, 13);
    }

    void expect_mounted(bool expected) const
    {
        EXPECT_EQ(!mount_line(name).empty(), expected);
        EXPECT_EQ(exists(merged() + "/srcds_run"), expected);
        EXPECT_EQ(run({overlay_helper, "umount", name}).status, 0);
        EXPECT_EQ(mount_line(name), "");
    }
};

TEST_F(MachineOverlay, EachRouteWorksWhereTheKernelHasIt)
{
    start_with();
    ASSERT_EQ(l4d2ctl({"stop", name}).status, 0);
    for (const auto* route : {"auto", "path"}) {
        const auto mounted = mount_by(route);
        EXPECT_EQ(mounted.status, 0) << route << ": " << mounted.err;
        expect_mounted(true);
    }
    const auto mounted = mount_by("descriptor");
    EXPECT_EQ(mounted.status == 0, takes_descriptors()) << mounted.err;
    expect_mounted(takes_descriptors());
}

} // namespace
} // namespace left4me::test
