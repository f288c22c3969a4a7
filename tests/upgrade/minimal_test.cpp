// A minimal Debian host with the package and what it depends on, booted for the first
// time: nothing that it recommends or that the other tests need is there.

#include "support.hpp"

#include <format>
#include <gmock/gmock.h>

namespace left4me::test {
namespace {

using testing::HasSubstr;

/// A unit that a first boot enables, because nothing says that it shall not.
TEST(FirstBoot, EnablesWhatHasNoPreset)
{
    EXPECT_EQ(output({"systemctl", "is-enabled", "control.timer"}), "enabled");
}

TEST(FirstBoot, LeavesTheTimersOff)
{
    for (const auto* timer : {"left4me-layers-refresh.timer", "left4me-workshop-refresh.timer"})
        EXPECT_EQ(run({"systemctl", "is-enabled", timer}).out, "disabled\n") << timer;
}

TEST(Minimal, HasNothingThatIsOnlyRecommended)
{
    for (const auto* package : {"apparmor", "libc6-i386", "curl", "python3"})
        EXPECT_NE(run({"dpkg-query", "-W", "-f", "${db:Status-Status}", package}).out, "installed")
            << package;
}

TEST(Minimal, RunsAServerFromSpecToNothing)
{
    ASSERT_EQ(run({"/tests/real_server/install"}).status, 0);
    const auto made = l4d2ctl({"initialize", "one", "-f", "/tests/real_server/spec.yaml"});
    ASSERT_EQ(made.status, 0) << made.err;
    const auto started = l4d2ctl({"start", "one"});
    ASSERT_EQ(started.status, 0) << started.err;
    EXPECT_TRUE(eventually([] { return l4d2ctl({"logs", "one"}).out.contains("unix-linux-ia32"); }));
    EXPECT_EQ(l4d2ctl({"status", "one"}).status, 0);
    EXPECT_EQ(l4d2ctl({"stop", "one"}).status, 0);
    EXPECT_EQ(l4d2ctl({"status", "one"}).status, 3);
    EXPECT_EQ(l4d2ctl({"delete", "one"}).status, 0);
}

TEST(Minimal, FindsAllLibrariesOfAllPrograms)
{
    for (const auto& program :
         lines_of(output({"sh", "-c", "ls /usr/bin/l4d2ctl /usr/libexec/left4me/*"})))
        EXPECT_EQ(run({program, "--version"}).status, 0) << program;
    const auto layer = l4d2ctl({"overlay", "create", "plain"});
    EXPECT_EQ(layer.status, 0) << layer.err;
    EXPECT_EQ(l4d2ctl({"overlay", "build", "plain", "-f", "-"}, "echo x >file\n").status, 0);
    EXPECT_THAT(l4d2ctl({"overlay", "show", "plain"}).out, HasSubstr("plain"));
}

} // namespace
} // namespace left4me::test
